/** The part of the time that is looked at, in milliseconds. */
export interface Span {
  from: number;
  to: number;
}

/** The shortest that one can zoom to (milliseconds). */
const Least = 0.5;

/** Round times for an axis, about one in `every` pixels. */
export function ticks({ from, to }: Span, width: number, every = 90): number[] {
  const rough = (to - from) / Math.max(1, width / every);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough)! * power;
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.max(0, Math.floor(to / step) - first + 1) }, (_, index) => (first + index) * step);
}

/** Shows `factor` of the time that is shown, with `around` where it is. */
export function zoom({ from, to }: Span, around: number, factor: number, all: Span): Span {
  const length = Math.max(Least, (to - from) * factor);
  const start = around - ((around - from) / (to - from)) * length;
  return within({ from: start, to: start + length }, all);
}

export const pan = ({ from, to }: Span, by: number, all: Span): Span => within({ from: from + by, to: to + by }, all);

/** Moves it until it shows `at`. */
export function reveal(span: Span, at: number, all: Span): Span {
  const length = span.to - span.from;
  return at < span.from || at > span.to ? within({ from: at - length / 2, to: at + length / 2 }, all) : span;
}

function within({ from, to }: Span, all: Span): Span {
  const length = to - from;
  if (length >= all.to - all.from)
    return all;
  const start = Math.min(Math.max(from, all.from), all.to - length);
  return { from: start, to: start + length };
}

/** A duration or a time, as exactly as one wants to know it. */
export function words(ms: number): string {
  const size = Math.abs(ms);
  if (size >= 10_000)
    return `${(ms / 1000).toFixed(1)} s`;
  if (size >= 1000)
    return `${(ms / 1000).toFixed(2)} s`;
  return size >= 100 || size === 0 ? `${Math.round(ms)} ms` : size >= 10 ? `${ms.toFixed(1)} ms` : `${ms.toFixed(2)} ms`;
}
