import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { Window } from 'happy-dom';
import { act, createElement, StrictMode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { textOf, type TurnEvent } from '../src/index.js';
import { useChat, type UseChat, type UseChatOptions } from '../src/react/index.js';
import { eventsSaying, fakeServer, frame, frames, json, lost, numbered, problem, stream, turnId, type Asked } from './fake-server.js';

const window = new Window();
Object.assign(globalThis, { window, document: window.document, IS_REACT_ACT_ENVIRONMENT: true });

let root: Root | undefined;
afterEach(() => act(async () => root?.unmount()));

/** What the hook gives, rendered in a component. */
async function render(first: UseChatOptions, strict = false) {
  const seen: { now: UseChat; all: UseChat[] } = { now: undefined as never, all: [] };
  function Page({ options }: { options: UseChatOptions }) {
    seen.now = useChat(options);
    seen.all.push(seen.now);
    return null;
  }
  root = createRoot(window.document.createElement('div') as never);
  const show = (options: UseChatOptions) => act(async () => root!.render(strict ? createElement(StrictMode, null, createElement(Page, { options })) : createElement(Page, { options })));
  await show(first);
  return { seen, show };
}

const settle = () => act(async () => { for (let round = 0; round < 20; round++) await new Promise(setImmediate); });
const said = ({ messages }: UseChat) => messages.map((message) => `${message.role}: ${textOf(message)}`);

const events = eventsSaying(['Hel', 'lo']);
const stored = (more: object = {}) => json({
  id: 'conv_1', title: 'T', updated_at: '', messages: [
    { role: 'user', content: 'Before', turn_id: 'turn_0', created_at: '' },
    { role: 'assistant', content: 'Yes', turn_id: 'turn_0', model: 'm', finish_reason: 'stop' },
    { role: 'user', content: 'Hi', turn_id: turnId, created_at: '' },
  ], ...more,
});

describe('useChat', () => {
  test('says something, and shows the answer while it comes', async () => {
    const { client, asked } = fakeServer([() => stream(events.map(frame))]);
    const finished: string[] = [];
    const { seen } = await render({ client, model: 'm', onFinish: (message) => finished.push(textOf(message)) });
    assert.deepEqual([seen.now.status, seen.now.messages, seen.now.id], ['ready', [], undefined]);

    await act(async () => seen.now.sendMessage({ text: 'Hi' }));
    assert.deepEqual(said(seen.now), ['user: Hi', 'assistant: Hello']);
    assert.deepEqual([seen.now.status, seen.now.id, finished], ['ready', 'conv_1', ['Hello']]);
    assert.deepEqual(seen.now.messages.map(({ turn_id }) => turn_id), [turnId, turnId]);
    assert.ok(seen.all.some(({ status }) => status === 'submitted'));
    assert.equal(new Set(seen.all.map(({ messages }) => messages[1]?.id).filter(Boolean)).size, 1, 'a message keeps its id');

    await act(async () => seen.now.sendMessage('And?'));
    assert.deepEqual(asked.map(({ body }) => body), [{ message: 'Hi', model: 'm' }, { message: 'And?', conversation_id: 'conv_1', model: 'm' }]);
  });

  for (const strict of [false, true])
    test(`resumes a running turn when it mounts${strict ? ', in strict mode too' : ''}`, async () => {
      const answer = (asked: Asked) => (asked.path.endsWith('/conv_1') ? stored({ turn_id: turnId, last_seq: 2, partial: {} }) : stream([frames(events)]));
      const { client, asked } = fakeServer([answer]);
      const { seen } = await render({ client, id: 'conv_1' }, strict);
      await settle();
      assert.deepEqual(said(seen.now), ['user: Before', 'assistant: Yes', 'user: Hi', 'assistant: Hello']);
      assert.equal(seen.now.status, 'ready');
      assert.ok(asked.some(({ path, query }) => path === `/chat/turns/${turnId}/events` && query.get('after') === '0'));
    });

  test('keeps what was said while the conversation was still being read', async () => {
    let read = () => {};
    const { client } = fakeServer([({ method }) => (method === 'GET' ? new Promise((resolve) => (read = () => resolve(stored()))) : stream([frames(eventsSaying(['New']).map((event) => (event.type === 'start' ? { ...event, turn_id: 'turn_2' } : event)))]))]);
    const { seen } = await render({ client, id: 'conv_1' });
    await act(async () => seen.now.sendMessage('Quick'));
    read();
    await settle();
    assert.deepEqual(said(seen.now), ['user: Before', 'assistant: Yes', 'user: Hi', 'user: Quick', 'assistant: New']);
  });

  test('stays with the turn that took the place of another', async () => {
    let end = () => {};
    const { client } = fakeServer([
      () => new Response(new ReadableStream({ start: (controller) => { controller.enqueue(frames(events.slice(0, 2))); end = () => controller.enqueue(frames(events.slice(2))); } }), { headers: { 'Content-Type': 'text/event-stream', 'Passwindow-Turn': turnId } }),
      () => stream([frames(events.slice(0, 2)), 'hang']),
    ]);
    const { seen } = await render({ client });
    await act(async () => void seen.now.sendMessage('One'));
    await settle();
    await act(async () => void seen.now.sendMessage('Two'));
    await settle();
    await act(async () => end());
    await settle();
    assert.deepEqual([seen.now.status, said(seen.now)], ['streaming', ['user: One', 'assistant: Hello', 'user: Two', 'assistant: Hel']]);
  });

  test('of a conversation that nobody has begun is empty, and no error', async () => {
    const { client } = fakeServer([() => problem(404, 'not_found')]);
    const { seen } = await render({ client, id: 'mine' });
    await settle();
    assert.deepEqual([seen.now.status, seen.now.error, seen.now.messages], ['ready', undefined, []]);
  });

  test('leaves the watching, not the turn, when it unmounts', async () => {
    const { client, asked } = fakeServer([() => stream([frames(events.slice(0, 2)), 'hang'])]);
    const { seen } = await render({ client });
    await act(async () => void seen.now.sendMessage('Hi'));
    await settle();
    assert.equal(seen.now.status, 'streaming');
    await act(async () => root!.unmount());
    assert.equal(asked[0]!.init.signal!.aborted, true);
    assert.ok(asked.every(({ path }) => !path.endsWith('/stop')));
  });

  test('stops the turn when it is told to', async () => {
    const { client, asked } = fakeServer([() => stream([frames(events.slice(0, 2)), 'hang']), () => json({ turn_id: turnId, finish_reason: 'stopped', last_seq: 3 })]);
    const { seen } = await render({ client });
    await act(async () => void seen.now.sendMessage('Hi'));
    await settle();
    await act(async () => seen.now.stop());
    assert.equal(asked.at(-1)!.path, `/chat/turns/${turnId}/stop`);
  });

  test('tells what went wrong, and sends again what never arrived, with the same key', async () => {
    let works = false;
    const { client, asked } = fakeServer([() => (works ? stream([frames(events)]) : lost())]);
    const { seen } = await render({ client });
    await act(async () => seen.now.sendMessage('Hi'));
    await settle();
    assert.deepEqual([seen.now.status, seen.now.error!.code, said(seen.now)], ['error', 'network', ['user: Hi']]);
    works = true;
    await act(async () => seen.now.regenerate());
    assert.deepEqual([seen.now.status, seen.now.error, said(seen.now)], ['ready', undefined, ['user: Hi', 'assistant: Hello']]);
    assert.equal(new Set(asked.map(({ headers }) => headers.get('idempotency-key'))).size, 1);
  });

  test('an answer that ended in an error keeps what was said', async () => {
    const broken = numbered(events[0]! as never, { type: 'token', token: 'Half' }, { type: 'error', code: 'upstream_truncated', message: 'Cut.', retryable: true }, { type: 'done', finish_reason: 'error' });
    const { client } = fakeServer([() => stream([frames(broken)])]);
    const { seen } = await render({ client });
    await act(async () => seen.now.sendMessage('Hi'));
    assert.deepEqual([seen.now.status, seen.now.error!.code, seen.now.error!.message, said(seen.now)[1]], ['error', 'upstream_truncated', 'Cut.', 'assistant: Half']);
    act(() => seen.now.clearError());
    assert.deepEqual([seen.now.status, seen.now.error], ['ready', undefined]);
  });

  test('regenerates in the place of an answer, and edits in the place of a message', async () => {
    const { client, asked } = fakeServer([(request) => (request.path.endsWith('/conv_1') ? stored() : stream([frames(events)]))]);
    const { seen } = await render({ client, id: 'conv_1' });
    await settle();
    await act(async () => seen.now.regenerate({ messageId: seen.now.messages[1]!.id }));
    assert.deepEqual(said(seen.now), ['user: Before', 'assistant: Hello']);
    assert.equal(asked.at(-1)!.path, '/chat/turns/turn_0/regenerate');
    await act(async () => seen.now.sendMessage({ text: 'Better', messageId: seen.now.messages[0]!.id }));
    assert.deepEqual(said(seen.now), ['user: Better', 'assistant: Hello']);
    assert.deepEqual(asked.at(-1)!.body, { message: 'Better', conversation_id: 'conv_1', replaces: turnId });
  });

  test('goes on when all of the client\'s tools have answered, also if one is quicker than the end of the turn', async () => {
    const calls = numbered(
      events[0]! as never,
      { type: 'tool_call', id: 'a', name: 'where', arguments: {} },
      { type: 'tool_call', id: 'b', name: 'who', arguments: {} },
      { type: 'done', finish_reason: 'tool_calls' },
    );
    const { client, asked } = fakeServer([() => stream([frames(calls)]), () => stream([frames(eventsSaying(['Paris']))])]);
    const { seen, show } = await render({ client });
    await show({ client, tools: [{ name: 'where' }, { name: 'who' }], onToolCall: ({ id }) => id === 'a' && void seen.now.addToolResult({ toolCallId: id, output: { city: 'Paris' } }) });
    await act(async () => seen.now.sendMessage('Where and who?'));
    assert.equal(asked.length, 1);
    await act(async () => seen.now.addToolResult({ toolCallId: 'b', errorText: 'unknown' }));
    await settle();
    assert.deepEqual([asked[1]!.path, asked[1]!.body], [`/chat/turns/${turnId}/tool-results`, [{ id: 'a', result: { city: 'Paris' } }, { id: 'b', error: 'unknown' }]]);
    assert.deepEqual(seen.now.messages[1]!.parts.map((part) => part.type === 'tool' && part.status), ['done', 'failed']);
    assert.equal(textOf(seen.now.messages[2]!), 'Paris');
  });

  test('shows the calls that were answered when the conversation is read again', async () => {
    const call = { id: 'a', name: 'where', arguments: {} };
    const { client } = fakeServer([() => json({
      id: 'conv_1', title: '', updated_at: '', messages: [
        { role: 'user', content: 'Where?', turn_id: 't_1', created_at: '' },
        { role: 'assistant', content: '', turn_id: 't_1', model: 'm', tool_calls: [call, { ...call, id: 'b' }], finish_reason: 'tool_calls' },
        { role: 'assistant', content: 'Paris', turn_id: 't_2', model: 'm', tool_calls: [{ id: 'a', name: 'where', result: 'Paris', duration_ms: 1 }], finish_reason: 'stop' },
      ],
    })]);
    const { seen } = await render({ client, id: 'conv_1' });
    await settle();
    assert.deepEqual(seen.now.messages[1]!.parts.map((part) => part.type === 'tool' && part.status), ['done', 'called']);
  });

  test('says yes for a person', async () => {
    const waiting: TurnEvent[] = numbered(events[0]! as never, { type: 'tool_call', id: 'a', name: 'pay', arguments: {}, approval: 'required' });
    const { client, asked } = fakeServer([() => stream([frames(waiting), 'hang']), () => json({ turn_id: turnId, approvals: [] })]);
    const { seen } = await render({ client });
    await act(async () => void seen.now.sendMessage('Pay'));
    await settle();
    await act(async () => seen.now.addToolApprovalResponse({ id: 'a', approved: true }));
    assert.deepEqual([asked[1]!.path, asked[1]!.body], [`/chat/turns/${turnId}/approvals`, [{ id: 'a', approved: true }]]);
  });

  test('keeps a conversation that gets its name, and leaves one for another', async () => {
    const { client, asked } = fakeServer([(request) => (request.method === 'GET' ? stored() : stream([frames(events)]))]);
    const { seen, show } = await render({ client });
    await act(async () => seen.now.sendMessage('Hi'));
    await show({ client, id: 'conv_1' });
    assert.deepEqual([said(seen.now), asked.length], [['user: Hi', 'assistant: Hello'], 1]);
    await show({ client, id: 'conv_2' });
    await settle();
    assert.deepEqual(said(seen.now), ['user: Before', 'assistant: Yes', 'user: Hi']);
    await show({ client });
    assert.deepEqual([said(seen.now), seen.now.id], [[], undefined]);
  });
});
