import { quantile, type Gap, type ToolSpan } from './measures';
import type { Span } from './scale';
import type { Kind, TimedEvent, ViewerTimes } from './timeline';

/** All in pixels. */
export const AxisHeight = 26;
export const LabelHeight = 20;
export const BandHeight = 24;
export const LaneGap = 10;
export const ToolHeight = 22;
/** Marks that lie nearer to each other than this are not told apart. */
const Apart = 3;

/** One row of the picture: what reached it, and when. */
export interface Lane {
  label: string;
  note: string;
  /** Its band's upper edge. */
  y: number;
  /** From when to when there was something to reach; all the time if absent. */
  span?: Span;
  /** Whether it came back to where an earlier one had left. */
  resumed: boolean;
  at(event: TimedEvent): number | undefined;
}

export interface Layout {
  lanes: Lane[];
  /** Where the row of tools begins; absent without tools. */
  toolsY: number | undefined;
  height: number;
}

export function layOut(viewers: readonly ViewerTimes[], tools: readonly ToolSpan[], now: number): Layout {
  let y = AxisHeight;
  const next = (height: number) => {
    const top = y + LabelHeight;
    y = top + height + LaneGap;
    return top;
  };
  const rows = Math.max(0, ...tools.map(({ row }) => row + 1));
  const toolsY = rows > 0 ? next(rows * ToolHeight) : undefined;
  const lanes: Lane[] = [
    { label: 'Said', note: 'by the upstream', y: next(BandHeight), resumed: false, at: ({ said }) => said },
    { label: 'Committed', note: 'to the journal', y: next(BandHeight), resumed: false, at: ({ committed }) => committed },
    ...viewers.map(({ dialect, after, came_ms, left_ms }, index) => ({
      label: `Viewer ${index + 1}`,
      note: after > 0 ? `${dialect}, came back after ${after}` : dialect,
      y: next(BandHeight),
      span: { from: came_ms, to: left_ms ?? now },
      resumed: after > 0,
      at: ({ sent }: TimedEvent) => sent[index],
    })),
  ];
  return { lanes, toolsY, height: y };
}

/** The time that there is to see: everything that was timed, and a little air. */
export function wholeSpan(events: readonly TimedEvent[], viewers: readonly ViewerTimes[], now: number, ended: boolean): Span {
  const last = Math.max(1, ...events.slice(-1).flatMap(({ said, committed, sent }) => [said, committed, ...sent].flatMap((at) => at ?? [])), ...viewers.flatMap(({ left_ms }) => left_ms ?? []));
  const to = ended ? last : Math.max(now, last);
  return { from: -to * 0.01, to: to * 1.01 };
}

/**
 * The marks of a lane as one path for each kind. Where there are too many to be told apart, one mark stands for all that came within a few
 * pixels, and is the higher the more they were.
 */
export function marks(events: readonly TimedEvent[], lane: Lane, x: (ms: number) => number, width: number): [Kind, string][] {
  const places = events.flatMap((event) => {
    const at = lane.at(event);
    const pixel = at === undefined ? NaN : x(at);
    return pixel >= 0 && pixel <= width ? [{ kind: event.kind, pixel }] : [];
  });
  const step = places.length > width / Apart ? Apart : 0.5;
  const kinds = new Map<Kind, Map<number, number>>();
  for (const { kind, pixel } of places) {
    const counts = kinds.get(kind) ?? new Map<number, number>();
    const place = Math.round(pixel / step) * step;
    kinds.set(kind, counts.set(place, (counts.get(place) ?? 0) + 1));
  }

  const full = BandHeight - 8;
  // Not the most of all: a viewer that is caught up with gets everything at once.
  const all = [...kinds.values()].flatMap((counts) => [...counts.values()]).sort((a, b) => a - b);
  const most = step === Apart ? quantile(all, 0.95) : 1;
  const height = (count: number) => (most === 1 ? full : full * (0.2 + 0.8 * Math.min(1, count / most)));
  return [...kinds].map(([kind, counts]) => [kind, [...counts].map(([place, count]) => `M${place} ${lane.y + BandHeight - 4}v${-height(count)}`).join('')]);
}

/** The way of one event through the lanes. */
export function wayOf(event: TimedEvent, lanes: readonly Lane[], x: (ms: number) => number): string {
  const points = lanes.flatMap((lane) => {
    const at = lane.at(event);
    return at === undefined ? [] : [`${x(at).toFixed(1)} ${lane.y + 4}V${lane.y + BandHeight - 4}`];
  });
  return points.length === 0 ? '' : `M${points.join('L')}`;
}

export const isIn = ({ from, to }: Gap, span: Span) => to >= span.from && from <= span.to;
