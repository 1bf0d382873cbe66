import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { emptyTurn, eventsOf, reduceTurn, textOf, type AssistantMessage, type TurnState } from '../src/index.js';
import { eventsSaying, numbered } from './fake-server.js';

const reduce = (...facts: Record<string, unknown>[]): TurnState => numbered(...facts).reduce(reduceTurn, emptyTurn);

describe('a state', () => {
  test('joins text and thinking, and keeps their order', () => {
    const { parts } = reduce(
      { type: 'reasoning', reasoning: 'Let me ' },
      { type: 'reasoning', reasoning: 'see.' },
      { type: 'token', token: 'Hel' },
      { type: 'token', token: 'lo' },
      { type: 'reasoning', reasoning: '' },
      { type: 'token', token: '!' },
      { type: 'token', token: 'No.', refusal: true },
      { type: 'seam', reason: 'failover', model: 'b' },
      { type: 'token', token: 'Again' },
    );
    assert.deepEqual(parts, [
      { type: 'reasoning', text: 'Let me see.' },
      { type: 'text', text: 'Hello!' },
      { type: 'text', text: 'No.', refusal: true },
      { type: 'seam', reason: 'failover', model: 'b' },
      { type: 'text', text: 'Again' },
    ]);
  });

  test('follows a call from its first letter to its result', () => {
    const facts = [
      { type: 'tool_arguments', id: 'a', name: 'find', delta: '{"q":' },
      { type: 'tool_arguments', id: 'a', name: 'find', delta: '1}' },
      { type: 'tool_call', id: 'a', name: 'find', arguments: { q: 1 } },
      { type: 'tool_result', id: 'a', name: 'find', result: null, duration_ms: 7 },
    ];
    const statuses = facts.map((_, index) => reduce(...facts.slice(0, index + 1)).parts.map((part) => part.type === 'tool' && [part.status, part.arguments_text, part.arguments]));
    assert.deepEqual(statuses, [[['writing', '{"q":', undefined]], [['writing', '{"q":1}', undefined]], [['called', '{"q":1}', { q: 1 }]], [['done', '{"q":1}', { q: 1 }]]]);
  });

  test('tells parallel calls apart, a call that waits for a yes, and one that failed without ever being called', () => {
    const { parts } = reduce(
      { type: 'tool_call', id: 'a', name: 'pay', arguments: {}, approval: 'required' },
      { type: 'tool_call', id: 'b', name: 'look', arguments: {} },
      { type: 'tool_result', id: 'b', name: 'look', error: 'blind', duration_ms: 1 },
      { type: 'tool_result', id: 'c', name: 'odd', error: 'The arguments are no JSON object.', duration_ms: 0 },
    );
    assert.deepEqual(parts.map((part) => part.type === 'tool' && [part.id, part.status, part.approval, part.error]), [
      ['a', 'waiting', 'required', undefined],
      ['b', 'failed', undefined, 'blind'],
      ['c', 'failed', undefined, 'The arguments are no JSON object.'],
    ]);
  });

  test('takes an event once', () => {
    const events = eventsSaying(['a', 'b'], { type: 'citation', citation: { url: 'u' } });
    const once = events.reduce(reduceTurn, emptyTurn);
    assert.equal(events.reduce(reduceTurn, once), once);
  });

  test('is never changed, and shares what an event leaves alone', () => {
    const before = Object.freeze({ ...reduce({ type: 'tool_call', id: 'a', name: 'x', arguments: {} }, { type: 'token', token: 'a' }) });
    Object.freeze(before.parts);
    const after = reduceTurn(before, { type: 'token', seq: 3, token: 'b' });
    assert.equal(after.parts[0], before.parts[0]);
    assert.equal(after.citations, before.citations);
    assert.deepEqual([textOf(before), textOf(after)], ['a', 'ab']);
  });

  test('has an end, an error and a cost', () => {
    const state = reduce(
      { type: 'usage', duration_ms: 3, output_tokens: 2 },
      { type: 'suggested_questions', suggested_questions: ['?'] },
      { type: 'error', code: 'upstream_timeout', message: 'Too slow.', retryable: true },
      { type: 'done', finish_reason: 'error' },
    );
    assert.deepEqual(
      [state.usage, state.suggested_questions, state.error, state.finish_reason, state.last_seq],
      [{ duration_ms: 3, output_tokens: 2 }, ['?'], { code: 'upstream_timeout', message: 'Too slow.', retryable: true }, 'error', 4],
    );
  });

  test('of a notice has the error, and no further number', () => {
    const state = reduceTurn(emptyTurn, { type: 'error', code: 'gap', message: 'Gone.', retryable: false });
    assert.deepEqual([state.error!.code, state.last_seq], ['gap', 0]);
  });
});

test('a message of a conversation is reduced like the turn it was', () => {
  const message: AssistantMessage = {
    role: 'assistant',
    turn_id: 't',
    model: 'm',
    content: 'Hi',
    tool_calls: [
      { id: 'a', name: 'ok', arguments: {}, result: null, duration_ms: 4 },
      { id: 'b', name: 'bad', error: 'no', duration_ms: 1 },
      { id: 'c', name: 'open', arguments: {} },
    ],
    actions: [{ type: 'theme' }],
    error: { code: 'internal', message: 'Oh.', retryable: false },
    finish_reason: 'error',
  };
  const state = eventsOf(message).reduce(reduceTurn, emptyTurn);
  assert.deepEqual([state.turn_id, state.model, textOf(state), state.finish_reason, state.error!.code], ['t', 'm', 'Hi', 'error', 'internal']);
  assert.deepEqual(state.parts.flatMap((part) => (part.type === 'tool' ? [[part.id, part.status, part.duration_ms]] : [])), [['a', 'done', 4], ['b', 'failed', 1], ['c', 'called', undefined]]);
});
