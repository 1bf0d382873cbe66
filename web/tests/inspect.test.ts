import { expect, test } from 'vitest';
import { FrameCutter, readFrame, type Frame } from '../src/inspect/frames';
import { marks, type Lane } from '../src/inspect/layout';
import { betweenTokens, distribution, gaps, histogram, toolSpans, untilSent } from '../src/inspect/measures';
import { plain } from '../src/inspect/Plain';
import { pan, reveal, ticks, words, zoom } from '../src/inspect/scale';
import { merge, partViewers, timeOf, type Timeline, type ViewerTimes } from '../src/inspect/timeline';

const native = (seq: number, type: string, more: object = {}): Frame =>
  readFrame(`event: ${type}\ndata: ${JSON.stringify({ type, seq, ...more })}\nid: t_1:${seq}`, seq);

const viewer = (more: Partial<ViewerTimes>): ViewerTimes => ({ dialect: 'native', after: 0, came_ms: 0, sent: [], ...more });

const timed = (more: Partial<Timeline>): Timeline => ({
  turn_id: 't_1', conversation_id: 'c_1', last_seq: 0, ended: true, began_at: '', now_ms: 0, said: [], committed: [], viewers: [], complete: true, ...more,
});

/** Tokens said at these times, each committed a millisecond later. */
const tokens = (...times: number[]) =>
  merge(times.map((_, index) => native(index + 1, 'token')), timed({ said: times.map((ms, index) => [index + 1, ms]), committed: times.map((ms, index) => [index + 1, ms + 1]) }), []);

test('frames are the same however their bytes are cut', () => {
  const wire = ': ping\n\nevent: token\ndata: {"type":"token","seq":2,"token":"a"}\nid: t_1:2\n\ndata: [DONE]\n\nevent: broken';
  for (let size = 1; size <= wire.length; size++) {
    const cutter = new FrameCutter();
    const frames = Array.from({ length: Math.ceil(wire.length / size) }, (_, index) => cutter.cut(wire.slice(index * size, (index + 1) * size))).flat();
    frames.push(...cutter.end());
    expect(frames.map(({ number, type, seq }) => [number, type, seq])).toEqual([[1, 'comment', undefined], [2, 'token', 2], [3, '[DONE]', undefined], [4, 'broken', undefined]]);
    expect(frames.map(({ raw }) => raw).join('\n\n')).toBe(wire);
  }
});

test.each([
  ['data: {"type":"text-delta","delta":"x"}', 'text-delta'],
  ['data: {"id":"chatcmpl-1","object":"chat.completion.chunk"}', 'chat.completion.chunk'],
  ['data: {"token":"x"}', 'token'],
  ['event: token\ndata: a\ndata: b', 'token'],
  ['data: 12', 'text'],
  ['data: {"type":7}', 'data'],
  ['retry: 1000', 'fields'],
  ['data: {"__proto__":1}', '__proto__'],
])('%j is a %s', (raw, type) => expect(readFrame(raw, 1).type).toBe(type));

test('a mark stands for everything up to its event', () => {
  const marks = [[3, 10], [4, 20], [9, 30]] as const;
  expect([1, 3, 4, 5, 9, 10].map((seq) => timeOf(marks, seq))).toEqual([10, 10, 20, 30, 30, undefined]);
  expect(timeOf([], 1)).toBeUndefined();
});

test('a viewer that came back was not sent what it had', () => {
  const viewers = [viewer({ sent: [[3, 5]] }), viewer({ after: 2, sent: [[3, 9]] })];
  const events = merge([native(2, 'token'), native(3, 'done')], timed({ said: [[3, 1]] }), viewers);
  expect(events.map(({ sent }) => sent)).toEqual([[5, undefined], [5, 9]]);
});

test('without times the events are there all the same', () => {
  expect(merge([native(1, 'start'), readFrame(': ping', 2)], undefined, [])).toMatchObject([{ seq: 1, type: 'start', kind: 'other', said: undefined, sent: [] }]);
});

test('who reads when it is over did not watch', () => {
  const viewers = [viewer({ came_ms: 1 }), viewer({ came_ms: 50 })];
  expect(partViewers(timed({ viewers, committed: [[1, 40]] }))).toEqual({ watched: [viewers[0]], later: 1 });
  expect(partViewers(timed({ viewers, committed: [[1, 40]], ended: false })).later).toBe(0);
});

test('the quantiles are values that were measured', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(distribution(values)).toMatchObject({ p50: 50, p95: 95, p99: 99 });
  expect(distribution([7])).toMatchObject({ p50: 7, p95: 7, p99: 7 });
  expect(distribution([])).toBeUndefined();
});

test('a histogram holds each value once, also zeros and equal ones', () => {
  for (const values of [[0, 0, 0], [5], [0, 0.001, 1, 1000], [3, 3, 3, 4]]) {
    const { counts, low, high } = histogram(values, 8);
    expect(counts.reduce((sum, count) => sum + count)).toBe(values.length);
    expect(low).toBeLessThan(high);
  }
});

test('a silence is a gap when it is long beside what is usual, and no tool was at work', () => {
  expect(gaps(tokens(0, 20, 40, 60, 900, 920), [])).toEqual([{ from: 60, to: 900 }]);
  expect(gaps(tokens(0, 20, 40, 60, 900, 920), [{ from: 70, to: 880 }])).toEqual([]);
  expect(gaps(tokens(0, 1000, 2000, 3000), [])).toEqual([]); // it is slow
  expect(gaps(tokens(0, 5, 10, 200), [])).toEqual([]); // nobody notices
});

test('the wait for the first token is no gap', () => {
  const events = merge([native(1, 'start'), native(2, 'token'), native(3, 'token')], timed({ said: [[1, 0], [2, 900], [3, 910]] }), []);
  expect(gaps(events, [])).toEqual([]);
});

test('a tool between two tokens is no pause between them', () => {
  const frames = [native(1, 'token'), native(2, 'tool_call'), native(3, 'tool_result'), native(4, 'token'), native(5, 'token')];
  expect(betweenTokens(merge(frames, timed({ said: [[1, 0], [2, 1], [3, 500], [4, 501], [5, 511]] }), []))).toEqual([10]);
});

test('tools at work at the same time stand below each other, and one without an end is open', () => {
  const frames = [
    native(1, 'tool_call', { id: 'a', name: 'first' }), native(2, 'tool_call', { id: 'b', name: 'second' }),
    native(3, 'tool_result', { id: 'a', error: 'no' }), native(4, 'tool_call', { id: 'c', name: 'third' }),
  ];
  const events = merge(frames, timed({ said: [[1, 10], [2, 11], [3, 20], [4, 25]] }), []);
  expect(toolSpans(events, 40, false)).toEqual([
    { name: 'first', from: 10, to: 20, open: false, failed: true, row: 0 },
    { name: 'second', from: 11, to: 40, open: true, failed: false, row: 1 },
    { name: 'third', from: 25, to: 40, open: true, failed: false, row: 0 },
  ]);
});

test('how long sending took is not asked of what was there before the viewer', () => {
  const viewers = [viewer({ came_ms: 10, sent: [[1, 12], [2, 22]] })];
  const events = merge([native(1, 'start'), native(2, 'token')], timed({ committed: [[1, 1], [2, 20]] }), viewers);
  expect(untilSent(events, viewers)).toEqual([2]);
});

test('zooming and moving never leave the time there is', () => {
  const all = { from: 0, to: 1000 };
  expect(zoom(all, 250, 0.5, all)).toEqual({ from: 125, to: 625 });
  expect(zoom({ from: 125, to: 625 }, 250, 8, all)).toEqual(all);
  expect(pan({ from: 800, to: 900 }, 500, all)).toEqual({ from: 900, to: 1000 });
  expect(reveal({ from: 0, to: 100 }, 500, all)).toEqual({ from: 450, to: 550 });
  expect(reveal({ from: 0, to: 100 }, 50, all)).toEqual({ from: 0, to: 100 });
  let span = all;
  for (let i = 0; i < 100; i++)
    span = zoom(span, 1000, 0.5, all);
  expect(span.to - span.from).toBeCloseTo(0.5);
});

test('an axis has round times', () => {
  expect(ticks({ from: -10, to: 1010 }, 900)).toEqual([0, 200, 400, 600, 800, 1000]);
  expect(ticks({ from: 3.2, to: 4.1 }, 500).every((at) => at >= 3.2 && at <= 4.1)).toBe(true);
  expect([0, 0.013, 5.5, 42.42, 420.4, 1234, 61_234].map(words)).toEqual(['0 ms', '0.01 ms', '5.50 ms', '42.4 ms', '420 ms', '1.23 s', '61.2 s']);
});

test('marks too many to be told apart are counted, none is drawn outside', () => {
  const lane: Lane = { label: '', note: '', y: 0, resumed: false, at: ({ said }) => said };
  const events = tokens(...Array.from({ length: 1000 }, (_, index) => index));
  const [[kind, path]] = marks(events, lane, (ms) => ms / 10, 60) as [[string, string]];
  expect(kind).toBe('text');
  expect(path.match(/M/g)).toHaveLength(21);
  expect(marks(tokens(0, 50, 100), lane, (ms) => ms, 60)[0]![1]).toBe('M0 20v-16M50 20v-16');
});

test('what cannot be seen is named', () => {
  expect(plain('a\u001b[31mred\u202etxt.exe\u200b\u0000\n')).toBe('aESC[31mredU+202Etxt.exeU+200BU+0000\n');
});
