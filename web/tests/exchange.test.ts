import { emptyTurn, textOf, type Conversation } from 'passwindow';
import { expect, test } from 'vitest';
import { exchangesOf, type Exchange } from '../src/chat/exchange';

const user = (turn_id: string, content: string) => ({ role: 'user', content, turn_id, created_at: '2026-01-01T00:00:00Z' }) as const;
const assistant = (turn_id: string, content: string) => ({ role: 'assistant', content, turn_id, model: 'm', finish_reason: 'stop' }) as const;
const document = (...messages: Conversation['messages'][number][]): Conversation => ({ id: 'c', title: 'T', updated_at: '2026-01-01T00:00:00Z', messages });

test('a question and its answer are one exchange', () => {
  const [one, two] = exchangesOf(document(user('t1', 'a'), assistant('t1', 'A'), user('t2', 'b'), assistant('t2', 'B')), []);
  expect(one).toMatchObject({ turn: 't1', question: 'a', phase: 'over' });
  expect(textOf(two!.answer)).toBe('B');
});

test('what was seen to its end stays the same object', () => {
  const seen: Exchange = { key: 'x', turn: 't1', question: 'a', answer: { ...emptyTurn, finish_reason: 'stop' }, phase: 'over' };
  expect(exchangesOf(document(user('t1', 'a'), assistant('t1', 'A')), [seen])[0]).toBe(seen);
});

test('what could not be followed is read again under its key', () => {
  const failed = { key: 'x', turn: 't1', question: 'a', answer: emptyTurn, phase: 'over', failure: new Error() as never } as Exchange;
  const [again] = exchangesOf(document(user('t1', 'a'), assistant('t1', 'A')), [failed]);
  expect(again).toMatchObject({ key: 'x', phase: 'over' });
  expect(again!.failure).toBeUndefined();
  expect(textOf(again!.answer)).toBe('A');
});

test('a turn in line has a question and waits', () => {
  const found = exchangesOf({ ...document(user('t1', 'a'), user('t2', 'b')), turn_id: 't1', last_seq: 3 }, []);
  expect(found.map(({ turn, phase }) => [turn, phase])).toEqual([['t1', 'asked'], ['t2', 'asked']]);
});

test('a running turn that goes on from another has no question', () => {
  const found = exchangesOf({ ...document(user('t1', 'a'), assistant('t1', 'A')), turn_id: 't2', last_seq: 3 }, []);
  expect(found[1]).toMatchObject({ turn: 't2', phase: 'asked' });
  expect(found[1]!.question).toBeUndefined();
});

test('what the server has no more is gone', () => {
  const replaced: Exchange = { key: 'x', turn: 't0', question: 'a', answer: emptyTurn, phase: 'over' };
  expect(exchangesOf(document(user('t1', 'a')), [replaced]).map(({ turn }) => turn)).toEqual(['t1']);
});
