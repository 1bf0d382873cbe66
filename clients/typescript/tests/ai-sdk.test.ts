import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as ai7 from 'ai';
import * as ai5 from 'ai5';
import * as ai6 from 'ai6';
import { PasswindowChatTransport, type PasswindowChatTransportOptions } from '../src/ai-sdk/index.js';
import type { TurnEvent } from '../src/index.js';
import { eventsSaying, fakeServer, frame, frames, json, numbered, problem, stream, turnId, type Asked } from './fake-server.js';

type Message = ai7.UIMessage;

/** A chat of some version of the SDK, its state in memory. */
function chatOf({ AbstractChat }: { AbstractChat: unknown }, client: PasswindowChatTransportOptions['client'], more: Partial<PasswindowChatTransportOptions> & Record<string, unknown> = {}) {
  const state: ai7.ChatState<Message> = {
    status: 'ready',
    error: undefined,
    messages: [],
    pushMessage: (message) => void (state.messages = [...state.messages, message]),
    popMessage: () => void (state.messages = state.messages.slice(0, -1)),
    replaceMessage: (index, message) => void (state.messages = state.messages.with(index, structuredClone(message))),
    snapshot: (value) => structuredClone(value),
  };
  const { model, tools, stopsTurn, ...init } = more;
  const Chat = class extends (AbstractChat as typeof ai7.AbstractChat<Message>) {};
  const chat = new Chat({ id: 'conv_1', transport: new PasswindowChatTransport({ client, model, tools, stopsTurn }), state, ...init } as never);
  return Object.assign(chat, { state });
}

const said = (message: Message | undefined) => message?.parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
const conversation = (...messages: object[]) => json({ id: 'conv_1', title: '', updated_at: '', messages });
const settle = async () => { for (let round = 0; round < 50; round++) await new Promise(setImmediate); };

const everything = eventsSaying(
  [],
  { type: 'reasoning', reasoning: 'Hm' },
  { type: 'reasoning', reasoning: '' },
  { type: 'token', token: 'Let me ' },
  { type: 'token', token: 'look.' },
  { type: 'tool_arguments', id: 'a', name: 'clock', delta: '{' },
  { type: 'tool_arguments', id: 'a', name: 'clock', delta: '}' },
  { type: 'tool_call', id: 'a', name: 'clock', arguments: {} },
  { type: 'tool_call', id: 'b', name: 'bad', arguments: {} },
  { type: 'tool_result', id: 'a', name: 'clock', result: '12:00', duration_ms: 1 },
  { type: 'tool_result', id: 'b', name: 'bad', error: 'no', duration_ms: 1 },
  { type: 'tool_result', id: 'c', name: 'odd', error: 'The arguments are no JSON object.', duration_ms: 0 },
  { type: 'token', token: 'Noon.' },
  { type: 'action', id: 'x', action: { type: 'theme', theme: 'dark' } },
  { type: 'citation', citation: { url: 'https://example.com', title: 'E' } },
  { type: 'citation', citation: { title: 'A book' } },
  { type: 'seam', reason: 'failover', model: 'b' },
  { type: 'suggested_questions', suggested_questions: ['And?'] },
  { type: 'usage', duration_ms: 5 },
);

for (const [version, sdk] of Object.entries({ 5: ai5, 6: ai6, 7: ai7 }))
  describe(`a chat of the AI SDK ${version}`, () => {
    test('takes every event, over a connection that breaks after each', async () => {
      const { client } = fakeServer([({ query }: Asked) => stream([frame(everything.find(({ seq }) => seq! > Number(query.get('after')))!), 'cut'])], { allowActions: 'all' });
      const chat = chatOf(sdk, client);
      await chat.sendMessage({ text: 'What time is it?' });
      assert.deepEqual([chat.status, chat.error], ['ready', undefined]);
      const [, answer] = chat.state.messages;
      assert.equal(answer!.id, turnId);
      assert.deepEqual(answer!.metadata, { turn_id: turnId, model: 'demo', created_at: '2030-01-01T00:00:00Z', usage: { duration_ms: 5 } });
      assert.deepEqual(answer!.parts.map((part) => [part.type, 'text' in part ? part.text : 'state' in part ? part.state : '']), [
        ['step-start', ''],
        ['reasoning', 'Hm'],
        ['text', 'Let me look.'],
        ['dynamic-tool', 'output-available'],
        ['dynamic-tool', 'output-error'],
        ['dynamic-tool', 'output-error'],
        ['step-start', ''],
        ['text', 'Noon.'],
        ['data-action', ''],
        ['source-url', ''],
        ['data-citation', ''],
        ['data-seam', ''],
        ['data-suggested-questions', ''],
      ]);
    });

    test('never takes a broken answer for a whole one', async () => {
      for (const end of [[{ type: 'error', code: 'upstream_truncated', message: 'Cut.', retryable: true }, { type: 'done', finish_reason: 'error' }], [{ type: 'done', finish_reason: 'interrupted' }]]) {
        const { client } = fakeServer([() => stream([frames(numbered(everything[0]! as never, { type: 'token', token: 'Half' }, ...end))])]);
        const chat = chatOf(sdk, client);
        await chat.sendMessage({ text: 'Hi' });
        assert.deepEqual([chat.status, said(chat.state.messages[1])], ['error', 'Half']);
        assert.match(chat.error!.message, /Cut\.|interrupted/);
      }
      const refused = fakeServer([() => problem(409, 'turn_active')]);
      const chat = chatOf(sdk, refused.client);
      await chat.sendMessage({ text: 'Hi' });
      assert.deepEqual([chat.status, (chat.error as { code?: string }).code], ['error', 'turn_active']);
    });

    test('stops the turn, or the watching alone', async () => {
      for (const stopsTurn of [true, false]) {
        const { client, asked } = fakeServer([() => stream([frames(everything.slice(0, 5)), 'hang']), () => json({ turn_id: turnId })]);
        const chat = chatOf(sdk, client, { stopsTurn });
        const sending = chat.sendMessage({ text: 'Hi' });
        await settle();
        assert.equal(chat.status, 'streaming');
        await chat.stop();
        await sending;
        await settle();
        assert.deepEqual([chat.status, asked.some(({ path }) => path.endsWith('/stop'))], ['ready', stopsTurn]);
      }
    });

    test('resumes a running turn, and finds that none runs', async () => {
      const { client } = fakeServer([() => stream([frames(everything)])]);
      const chat = chatOf(sdk, client);
      await chat.resumeStream();
      assert.equal(said(chat.state.messages[0]), 'Let me look.Noon.');
      for (const answer of [() => new Response(null, { status: 204 }), () => problem(404, 'not_found')]) {
        const none = chatOf(sdk, fakeServer([answer]).client);
        await none.resumeStream();
        assert.deepEqual([none.status, none.state.messages], ['ready', []]);
      }
    });

    test('regenerates and edits at the place in the conversation', async () => {
      const stored = () => conversation({ role: 'user', content: 'One', turn_id: 't_1' }, { role: 'assistant', content: '', turn_id: 't_1' }, { role: 'user', content: 'Two', turn_id: 't_2' }, { role: 'assistant', content: '', turn_id: 't_2' });
      const { client, asked } = fakeServer([({ method }) => (method === 'GET' ? stored() : stream([frames(everything)]))]);
      const chat = chatOf(sdk, client);
      await chat.sendMessage({ text: 'One' });
      await chat.sendMessage({ text: 'Two' });
      await chat.regenerate();
      assert.equal(asked.at(-1)!.path, '/chat/turns/t_2/regenerate');
      await chat.sendMessage({ text: 'Other', messageId: chat.state.messages[0]!.id });
      assert.deepEqual(asked.at(-1)!.body, { message: 'Other', conversation_id: 'conv_1', replaces: 't_1' });
      assert.equal(chat.state.messages.length, 2);
    });

    test('runs its own tools, and goes on', async () => {
      const call = { type: 'tool_call', id: 'a', name: 'where', arguments: {} };
      const calling = numbered(everything[0]! as never, call, { type: 'done', finish_reason: 'tool_calls' });
      const going = numbered(everything[0]! as never, { type: 'tool_result', id: 'a', name: 'where', result: 'Paris', duration_ms: 1 }, { type: 'token', token: 'In Paris.' }, { type: 'done', finish_reason: 'stop' });
      const { client, asked } = fakeServer([
        () => stream([frames(calling)]),
        () => conversation({ role: 'user', content: 'Where?', turn_id: turnId }, { role: 'assistant', content: '', turn_id: turnId, tool_calls: [{ id: 'a', name: 'where', arguments: {} }] }),
        () => stream([frames(going)]),
      ]);
      const chat = chatOf(sdk, client, { tools: [{ name: 'where' }], sendAutomaticallyWhen: sdk.lastAssistantMessageIsCompleteWithToolCalls });
      await chat.sendMessage({ text: 'Where?' });
      await chat.addToolResult({ tool: 'where' as never, toolCallId: 'a', output: 'Paris' as never });
      await settle();
      assert.deepEqual([asked[2]!.path, asked[2]!.body], [`/chat/turns/${turnId}/tool-results`, [{ id: 'a', result: 'Paris' }]]);
      assert.deepEqual([chat.state.messages.length, chat.status, said(chat.state.messages[1])], [2, 'ready', 'In Paris.']);
    });

    // Version 5 knows no approvals.
    if (version !== '5')
      test('asks a person and goes on with the same turn', async () => {
        let goOn = () => {};
        const waiting: TurnEvent[] = numbered(everything[0]! as never, { type: 'tool_call', id: 'a', name: 'pay', arguments: {}, approval: 'required' });
        const paid = numbered(...(waiting as never[]), { type: 'tool_result', id: 'a', name: 'pay', result: 'paid', duration_ms: 1 }, { type: 'token', token: 'Paid.' }, { type: 'done', finish_reason: 'stop' });
        const { client, asked } = fakeServer([
          () => new Response(new ReadableStream({ start: (controller) => { controller.enqueue(frames(waiting)); goOn = () => controller.enqueue(frames(paid.slice(2))); } }), { headers: { 'Content-Type': 'text/event-stream', 'Passwindow-Turn': turnId } }),
          () => (goOn(), json({ turn_id: turnId, approvals: [] })),
        ]);
        const chat = chatOf(sdk, client, { sendAutomaticallyWhen: (sdk as typeof ai7).lastAssistantMessageIsCompleteWithApprovalResponses });
        await chat.sendMessage({ text: 'Pay' });
        assert.equal(chat.status, 'ready');
        assert.equal(asked[0]!.init.signal!.aborted, false, 'it is watched while it waits');
        await chat.addToolApprovalResponse({ id: 'a', approved: true });
        await settle();
        assert.deepEqual([asked.length, asked[1]!.path, asked[1]!.body], [2, `/chat/turns/${turnId}/approvals`, [{ id: 'a', approved: true }]]);
        assert.deepEqual([chat.state.messages.length, chat.status, said(chat.state.messages[1])], [2, 'ready', 'Paid.']);
      });
  });
