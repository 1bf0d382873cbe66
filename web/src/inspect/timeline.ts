import type { Frame } from './frames';

/** Everything up to `seq` had arrived `ms` after the turn began. */
export type Mark = readonly [seq: number, ms: number];

export interface ViewerTimes {
  dialect: string;
  /** It asked for what follows that event; 0 for all. */
  after: number;
  came_ms: number;
  /** Absent while it is there. */
  left_ms?: number;
  sent: readonly Mark[];
}

/** `GET /chat/turns/{turn}/timeline`. All times are milliseconds since the turn began. */
export interface Timeline {
  turn_id: string;
  conversation_id: string;
  last_seq: number;
  ended: boolean;
  began_at: string;
  now_ms: number;
  said: readonly Mark[];
  committed: readonly Mark[];
  viewers: readonly ViewerTimes[];
  /** Whether everything was timed. */
  complete: boolean;
}

/** What an event is, by the colour it has. */
export type Kind = 'text' | 'thought' | 'tool' | 'wrong' | 'other';

/** An event and when what happened to it. */
export interface TimedEvent {
  seq: number;
  type: string;
  kind: Kind;
  json: any;
  said?: number | undefined;
  committed?: number | undefined;
  /** By viewer, in the order of the timeline; undefined where it was not sent to that one. */
  sent: readonly (number | undefined)[];
}

const kinds: Record<string, Kind> = { token: 'text', reasoning: 'thought', tool_arguments: 'tool', tool_call: 'tool', tool_result: 'tool', error: 'wrong', seam: 'wrong' };

/** When `seq` had arrived: the first mark that reaches it. */
export function timeOf(marks: readonly Mark[], seq: number): number | undefined {
  let low = 0, high = marks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (marks[middle]![0] < seq)
      low = middle + 1;
    else
      high = middle;
  }
  return marks[low]?.[1];
}

/** Puts the native frames and the times together. Without times the events are there all the same. */
export function merge(frames: readonly Frame[], timeline: Timeline | undefined, viewers: readonly ViewerTimes[]): TimedEvent[] {
  return frames.flatMap(({ seq, type, json }) =>
    seq === undefined ? [] : [{
      seq,
      type,
      kind: kinds[type] ?? 'other',
      json,
      said: timeline && timeOf(timeline.said, seq),
      committed: timeline && timeOf(timeline.committed, seq),
      sent: viewers.map(({ after, sent }) => (seq > after ? timeOf(sent, seq) : undefined)),
    }]);
}

/** Tells those who watched it from those who read it when it was over. */
export function partViewers({ viewers, ended, committed }: Timeline): { watched: ViewerTimes[]; later: number } {
  const end = ended ? (committed.at(-1)?.[1] ?? Infinity) : Infinity;
  const watched = viewers.filter(({ came_ms }) => came_ms <= end);
  return { watched, later: viewers.length - watched.length };
}
