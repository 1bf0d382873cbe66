import type { TimedEvent, ViewerTimes } from './timeline';

/** A time in which nothing came. */
export interface Gap {
  from: number;
  to: number;
}

/** A tool at work, from its call to its result. */
export interface ToolSpan extends Gap {
  name: string;
  /** Whether it still works. */
  open: boolean;
  failed: boolean;
  /** Tools that work at the same time stand below each other, from 0. */
  row: number;
}

export interface Distribution {
  /** In rising order, milliseconds. */
  values: readonly number[];
  p50: number;
  p95: number;
  p99: number;
}

/** A silence (milliseconds) shorter than this is none. */
const ShortestGap = 300;
/** And this many times as long as what lies between most events. */
const GapFactor = 8;

/** The value that `share` of the values do not exceed (nearest rank). */
export const quantile = (sorted: readonly number[], share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;

export function distribution(values: readonly number[]): Distribution | undefined {
  if (values.length === 0)
    return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  return { values: sorted, p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), p99: quantile(sorted, 0.99) };
}

/** Bars of equal width on a logarithmic axis: delays differ by powers. `low` and `high` are its ends in milliseconds. */
export function histogram(sorted: readonly number[], bars: number): { low: number; high: number; counts: number[] } {
  const least = 0.001; // the timeline's unit
  const low = Math.max(least, sorted[0] ?? least);
  const high = Math.max(low * 1.5, sorted.at(-1) ?? least);
  const counts = new Array<number>(bars).fill(0);
  for (const value of sorted)
    counts[Math.min(bars - 1, Math.floor(place(value, low, high) * bars))]! += 1;
  return { low, high, counts };
}

/** Where a value lies on a logarithmic axis, 0 to 1. */
export const place = (value: number, low: number, high: number) => Math.min(1, Math.max(0, Math.log(Math.max(value, low) / low) / Math.log(high / low)));

const isText = ({ kind }: TimedEvent) => kind === 'text' || kind === 'thought';

/** What lay between tokens that followed each other, as the upstream said them. A tool between two breaks the row. */
export const betweenTokens = (events: readonly TimedEvent[]) =>
  events.flatMap((event, index) => {
    const before = events[index - 1];
    return before && isText(before) && isText(event) && before.said !== undefined && event.said !== undefined ? [event.said - before.said] : [];
  });

export const untilCommitted = (events: readonly TimedEvent[]) => events.flatMap(({ said, committed }) => (said === undefined || committed === undefined ? [] : [Math.max(0, committed - said)]));

/** Only of events that were committed while the viewer was there: what it is caught up with has waited for it. */
export const untilSent = (events: readonly TimedEvent[], viewers: readonly ViewerTimes[]) =>
  events.flatMap(({ committed, sent }) =>
    sent.flatMap((at, viewer) => (at === undefined || committed === undefined || committed < viewers[viewer]!.came_ms ? [] : [Math.max(0, at - committed)])));

export const firstToken = (events: readonly TimedEvent[]) => events.find(isText);

/** Tools from call to result. One without a result works until `now`, or was never answered. */
export function toolSpans(events: readonly TimedEvent[], now: number, ended: boolean): ToolSpan[] {
  const spans: ToolSpan[] = [];
  const free: number[] = []; // by row: when its last tool ends
  for (const { type, json, said } of events) {
    if (type !== 'tool_call' || said === undefined)
      continue;
    const result = events.find((other) => other.type === 'tool_result' && other.json?.id === json?.id);
    const to = result?.said ?? now;
    let row = free.findIndex((end) => end <= said);
    if (row < 0)
      row = free.length;
    free[row] = to;
    spans.push({ from: said, to, name: String(json?.name ?? ''), open: !result && !ended, failed: result?.json?.error !== undefined, row });
  }
  return spans;
}

/** Where the upstream, once it spoke, was silent for unusually long while no tool was at work. */
export function gaps(events: readonly TimedEvent[], spans: readonly Gap[]): Gap[] {
  const usual = distribution(betweenTokens(events))?.p50 ?? 0;
  const least = Math.max(ShortestGap, GapFactor * usual);
  const found: Gap[] = [];
  let before: number | undefined;
  for (const { said, kind } of events) {
    if (said === undefined || (before === undefined && kind === 'other'))
      continue;
    const from = before;
    if (from !== undefined && said - from >= least && !spans.some((span) => span.from < said && span.to > from))
      found.push({ from, to: said });
    before = said;
  }
  return found;
}
