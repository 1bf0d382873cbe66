import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { textOf, type TurnEvent } from '../src/index.js';
import { eventsSaying, fakeServer, frame, frames, json, lost, problem, rest, stream, turnId, type Asked } from './fake-server.js';

const events = eventsSaying(['One ', 'two'], { type: 'action', id: 'a1', action: { type: 'theme', theme: 'dark' } }, { type: 'action', id: 'a2', action: { type: 'transfer', amount: 1 } });
const theRest = (asked: Asked) => stream([frames(rest(events, asked))]);
const notice = (event: object) => `event: error\ndata: ${JSON.stringify(event)}\n\n`;
const receipt = { turn_id: turnId, finish_reason: 'stopped', last_seq: 4, stopped_after_ms: 9 };
const turnOfLoop = () => new Promise(setImmediate);

describe('a silent connection', () => {
  test('is left, though it is open, and the rest is fetched', async () => {
    const { client, asked, timing } = fakeServer([() => stream([frames(events.slice(0, 2)), 'hang']), theRest]);
    const turn = client.send('Hi', { onToken: () => setImmediate(() => timing.fallSilent()) });
    assert.equal((await turn.finished).finish_reason, 'stop');
    assert.equal(asked[1]!.query.get('after'), '2');
    assert.equal(asked[0]!.init.signal!.aborted, true);
  });

  test('before any answer is left too, by a fetch that hears no signal', async () => {
    const { client, asked, timing } = fakeServer([() => new Promise(() => {}), () => stream([frames(events)])]);
    const turn = client.send('Hi');
    await turnOfLoop();
    timing.fallSilent();
    assert.equal((await turn.finished).finish_reason, 'stop');
    assert.equal(asked[0]!.headers.get('idempotency-key'), asked[1]!.headers.get('idempotency-key'));
  });

  test('is not one that pings', async () => {
    const { client, asked } = fakeServer([() => stream([frames(events.slice(0, 2)), ': ping\n\n', ': ping\n\n', frames(events.slice(2))])]);
    await client.send('Hi').finished;
    assert.equal(asked.length, 1);
  });

  test('is not one on which the whole answer is awaited', async () => {
    let answer: (response: Response) => void = () => {};
    const { client, asked, timing } = fakeServer([() => new Promise((resolve) => (answer = resolve))]);
    const turn = client.send('Hi', { stream: false });
    await turnOfLoop();
    timing.fallSilent();
    await turnOfLoop();
    answer(json({ turn_id: turnId, conversation_id: 'c', response: 'Hello', finish_reason: 'stop' }));
    assert.equal(textOf(await turn.finished), 'Hello');
    assert.equal(asked.length, 1);
  });

  test('that wakes up after it was left says nothing any more', async () => {
    let wake = () => {};
    const { client, timing } = fakeServer([
      () => new Response(new ReadableStream({
        start: (controller) => {
          controller.enqueue(frames(events.slice(0, 2)));
          wake = () => controller.enqueue(frames(events.slice(2)));
        },
      }), { headers: { 'Content-Type': 'text/event-stream', 'Passwindow-Turn': turnId } }),
      () => new Promise(() => {}),
    ]);
    const turn = client.send('Hi');
    await turnOfLoop();
    timing.fallSilent();
    await turnOfLoop();
    wake();
    await turnOfLoop();
    assert.equal(turn.lastSeq, 2);
    turn.abort();
  });
});

describe('a notice', () => {
  test('that the server goes down brings the viewer back for the rest', async () => {
    const going = notice({ type: 'error', code: 'shutting_down', message: 'Come back.', retryable: true });
    const { client } = fakeServer([() => stream([frames(events.slice(0, 2)), going]), () => problem(503, 'shutting_down', { 'Retry-After': '5' }), theRest]);
    const errors: string[] = [];
    assert.equal((await client.send('Hi', { onError: ({ code }) => errors.push(code) }).finished).finish_reason, 'stop');
    assert.deepEqual(errors, []);
  });

  for (const [code, retryable, end] of [
    ['gap', false, ''],
    ['gap', false, 'event: done\ndata: {"type":"done","finish_reason":"error"}\n\n'],
    ['unauthorized', false, ''],
    ['journal_unavailable', true, 'event: done\ndata: {"type":"done","finish_reason":"error"}\n\n'],
  ] as const)
    test(`of ${code}${end && ' with an end'} is told, and nothing further is asked`, async () => {
      const { client, asked } = fakeServer([() => stream([frames(events.slice(0, 2)), notice({ type: 'error', code, message: 'Words.', retryable }) + end, 'hang'])]);
      const errors: string[] = [];
      const turn = client.send('Hi', { onError: (error) => errors.push(error.code) });
      await assert.rejects(turn.finished, { code, message: 'Words.', retryable });
      assert.deepEqual(errors, [code]);
      assert.equal(asked.length, 1);
      assert.equal(textOf(turn.state), 'One ');
    });
});

describe('to abort', () => {
  test('ends the watching with its reason, and asks for nothing more', async () => {
    const { client, asked } = fakeServer([() => stream([frames(events.slice(0, 2)), 'hang'])]);
    const mine = new AbortController();
    const errors: unknown[] = [];
    const turn = client.send('Hi', { signal: mine.signal, onToken: () => mine.abort(), onError: (error) => errors.push(error) });
    await assert.rejects(turn.finished, { name: 'AbortError' });
    assert.deepEqual([asked.length, errors.length, asked[0]!.init.signal!.aborted], [1, 0, true]);
  });

  test('from a handler is the last that is told, though more has come already', async () => {
    const { client } = fakeServer([() => stream([frames(events)])]);
    const seen: number[] = [];
    const turn = client.send('Hi', { onEvent: ({ seq }) => seen.push(seq!) === 2 && turn.abort() });
    await assert.rejects(turn.finished, { name: 'AbortError' });
    assert.deepEqual(seen, [1, 2]);
  });

  test('ends a wait before the next attempt', async () => {
    const { client, asked, timing } = fakeServer([lost]);
    timing.hold = new Promise(() => {});
    const turn = client.send('Hi', { onConnection: () => setImmediate(() => turn.abort(new Error('enough'))) });
    await assert.rejects(turn.finished, /enough/);
    assert.equal(asked.length, 1);
  });

  test('beforehand sends nothing', async () => {
    const { client, asked } = fakeServer([theRest]);
    await assert.rejects(client.send('Hi', { signal: AbortSignal.abort() }).finished, { name: 'AbortError' });
    assert.equal(asked.length, 0);
  });

  test('is what breaking out of the last loop does', async () => {
    const { client } = fakeServer([() => stream([frames(events.slice(0, 3)), 'hang'])]);
    const turn = client.send('Hi');
    for await (const event of turn)
      if (event.type === 'token')
        break;
    await assert.rejects(turn.finished, { name: 'AbortError' });
  });
});

describe('to stop', () => {
  test('asks the server, and the end comes as an event', async () => {
    let end = () => {};
    const stopped = [...events.slice(0, 3), { type: 'done', seq: 4, finish_reason: 'stopped' } as TurnEvent];
    const { client, asked } = fakeServer([
      () => new Response(new ReadableStream({
        start: (controller) => {
          controller.enqueue(frames(stopped.slice(0, 3)));
          end = () => controller.enqueue(frames(stopped.slice(3)));
        },
      }), { headers: { 'Content-Type': 'text/event-stream', 'Passwindow-Turn': turnId } }),
      () => (end(), json(receipt, 202)),
    ]);
    const turn = client.send('Hi');
    assert.deepEqual(await turn.stop(), receipt);
    assert.equal((await turn.finished).finish_reason, 'stopped');
    assert.deepEqual([asked[1]!.method, asked[1]!.path], ['POST', `/chat/turns/${turnId}/stop`]);
  });

  test('a turn without a name waits for the name', async () => {
    let answer: (response: Response) => void = () => {};
    const { client } = fakeServer([() => new Promise((resolve) => (answer = resolve)), () => json(receipt)]);
    const turn = client.send('Hi');
    const stopping = turn.stop();
    await turnOfLoop();
    answer(stream([frames(events)]));
    assert.deepEqual(await stopping, receipt);
  });

  test('while the server cannot be reached starts nothing', async () => {
    const { client, asked, timing } = fakeServer([lost]);
    timing.hold = new Promise(() => {});
    const turn = client.send('Hi');
    await turnOfLoop();
    await turnOfLoop();
    assert.equal(await turn.stop(), undefined);
    await assert.rejects(turn.finished, { name: 'AbortError' });
    assert.equal(asked.length, 1);
  });

  test('is repeated until it is heard', async () => {
    const { client, asked } = fakeServer([lost, () => problem(503, 'overloaded'), () => json(receipt)]);
    assert.deepEqual(await client.stop(turnId), receipt);
    assert.equal(asked.length, 3);
  });
});

describe('loops', () => {
  test('see all from the first event on, whenever they begin, and several at once', async () => {
    const { client } = fakeServer([() => stream([frames(events)])]);
    const turn = client.send('Hi', { allowActions: 'all' });
    const all = async () => {
      const seen: TurnEvent[] = [];
      for await (const event of turn)
        seen.push(event);
      return seen;
    };
    const both = await Promise.all([all(), all()]);
    assert.deepEqual([...both, await all()], [events, events, events]);
  });
});

describe('handlers', () => {
  test('are told of everything, each in its own', async () => {
    const all = eventsSaying(
      ['Hi'],
      { type: 'reasoning', reasoning: 'Hm' },
      { type: 'tool_arguments', id: 'c', name: 'clock', delta: '{}' },
      { type: 'tool_call', id: 'c', name: 'clock', arguments: {} },
      { type: 'tool_result', id: 'c', name: 'clock', result: 1, duration_ms: 2 },
      { type: 'action', id: 'a', action: { type: 'theme' } },
      { type: 'citation', citation: { url: 'u' } },
      { type: 'seam', reason: 'failover', model: 'b' },
      { type: 'suggested_questions', suggested_questions: ['?'] },
      { type: 'usage', duration_ms: 3 },
      { type: 'error', code: 'tool_failed', message: 'No.', retryable: false },
    );
    const told: unknown[][] = [];
    const { client } = fakeServer([() => stream([frames(all)])], { allowActions: ['theme'] });
    const on = (name: string) => (...what: unknown[]) => told.push([name, typeof what[0] === 'object' && 'type' in (what[0] as object) ? (what[0] as TurnEvent).type : what[0]]);
    const names = ['Start', 'Token', 'Reasoning', 'ToolArguments', 'ToolCall', 'ToolResult', 'Action', 'Citation', 'Seam', 'SuggestedQuestions', 'Usage', 'Done'];
    let events = 0;
    await client.send('Hi', { ...Object.fromEntries(names.map((name) => [`on${name}`, on(name)])), onEvent: () => events++, onError: ({ code, message }) => told.push(['Error', code, message]) }).finished;
    assert.equal(events, all.length);
    assert.deepEqual(told, [
      ['Start', 'start'],
      ['Token', 'Hi'],
      ['Reasoning', 'Hm'],
      ['ToolArguments', 'tool_arguments'],
      ['ToolCall', 'tool_call'],
      ['ToolResult', 'tool_result'],
      ['Action', 'theme'],
      ['Citation', { url: 'u' }],
      ['Seam', 'seam'],
      ['SuggestedQuestions', ['?']],
      ['Usage', 'usage'],
      ['Error', 'tool_failed', 'No.'],
      ['Done', 'done'],
    ]);
  });

  test('that throw are reported, and harm nobody', async (context) => {
    const reported: (() => void)[] = [];
    context.mock.method(globalThis, 'queueMicrotask', (run: () => void) => reported.push(run));
    const { client } = fakeServer([() => stream([frames(events)])]);
    const turn = client.send('Hi', { onToken: () => { throw new Error('mine'); } });
    assert.equal((await turn.finished).finish_reason, 'stop');
    assert.ok(reported.some((run) => { try { run(); return false; } catch (error) { return (error as Error).message === 'mine'; } }));
  });

  test('hear when the connection is lost and open again', async () => {
    const { client } = fakeServer([() => stream([frames(events.slice(0, 2)), 'cut']), lost, theRest]);
    const states: string[] = [];
    await client.send('Hi', { onConnection: (state) => states.push(state) }).finished;
    assert.deepEqual(states, ['open', 'lost', 'lost', 'open']);
  });
});

describe('actions', () => {
  for (const [allowActions, expected] of [[undefined, []], [['theme'], ['theme']], ['all', ['theme', 'transfer']]] as const)
    test(`with ${JSON.stringify(allowActions)} allowed reach handlers, loops and states only so`, async () => {
      const handled: string[] = [];
      const looped: string[] = [];
      const { client } = fakeServer([() => stream([frames(events.slice(0, 4)), 'cut']), theRest], { allowActions });
      const turn = client.send('Hi', { onAction: ({ type }) => handled.push(type) });
      for await (const event of turn)
        if (event.type === 'action')
          looped.push(event.action.type);
      const kept = turn.state.parts.flatMap((part) => (part.type === 'action' ? [part.action.type] : []));
      assert.deepEqual([handled, looped, kept], [expected, expected, expected]);
      assert.equal(turn.lastSeq, events.length);
    });
});

describe('requests', () => {
  test('carry fresh headers each time, and cookies only if asked', async () => {
    let token = 0;
    const { client, asked } = fakeServer([() => stream([frame(events[0]!), 'cut']), theRest], { headers: async () => ({ Authorization: `Bearer ${++token}` }) });
    await client.send('Hi').finished;
    assert.deepEqual(asked.map(({ headers }) => headers.get('authorization')), ['Bearer 1', 'Bearer 2']);
    assert.ok(asked.every(({ init }) => !('credentials' in init)));
    const other = fakeServer([theRest], { credentials: 'include', baseUrl: 'https://chat.example/v1/chat/' });
    await other.client.follow('t 1', { after: 2 }).finished;
    assert.deepEqual([other.asked[0]!.init.credentials, other.asked[0]!.path, other.asked[0]!.query.get('after')], ['include', '/v1/chat/turns/t%201/events', '2']);
  });

  test('regenerate, edit and answer calls, each with a key', async () => {
    const { client, asked } = fakeServer([() => stream([frames(events)])]);
    await client.regenerate('t_1', { model: 'm' }).finished;
    await client.send({ message: 'Edited', conversation_id: 'c', replaces: 't_1' }).finished;
    await client.sendToolResults('t_1', [{ id: 'a', result: null }, { id: 'b', error: 'no' }]).finished;
    assert.deepEqual(
      asked.map(({ method, path, body }) => [method, path, body]),
      [
        ['POST', '/chat/turns/t_1/regenerate', { model: 'm' }],
        ['POST', '/chat', { message: 'Edited', conversation_id: 'c', replaces: 't_1' }],
        ['POST', '/chat/turns/t_1/tool-results', [{ id: 'a', result: null }, { id: 'b', error: 'no' }]],
      ],
    );
    assert.ok(asked.every(({ headers }) => headers.get('idempotency-key')));
  });

  test('find the running turn, or that there is none', async () => {
    const none = fakeServer([() => new Response(null, { status: 204 })]);
    assert.equal(await none.client.resume('c'), undefined);
    const unknown = fakeServer([() => problem(404, 'not_found')]);
    await assert.rejects(unknown.client.resume('c'), { code: 'not_found', status: 404 });
    const running = fakeServer([() => stream([frames(events.slice(0, 2)), 'cut']), theRest]);
    const turn = await running.client.resume('c');
    assert.equal((await turn!.finished).finish_reason, 'stop');
    assert.deepEqual(running.asked.map(({ path }) => path), ['/chat/conversations/c/events', `/chat/turns/${turnId}/events`]);
  });

  test('for the rest of a turn that has none end quietly', async () => {
    const { client } = fakeServer([() => new Response(null, { status: 204 })]);
    assert.equal((await client.follow(turnId, { after: 6 }).finished).finish_reason, undefined);
  });

  test('that change something and were heard unanswered count as done', async () => {
    const approving = fakeServer([lost, () => problem(409, 'already_answered')]);
    await approving.client.approve(turnId, [{ id: 'a', approved: true }]);
    const late = fakeServer([() => problem(409, 'already_answered')]);
    await assert.rejects(late.client.approve(turnId, [{ id: 'a', approved: true }]), { code: 'already_answered' });
    const deleting = fakeServer([lost, () => problem(404, 'not_found')]);
    await deleting.client.conversations.delete('c');
    const wrong = fakeServer([() => problem(404, 'not_found')]);
    await assert.rejects(wrong.client.conversations.delete('c'), { code: 'not_found' });
  });

  test('list, search, read and rename', async () => {
    const { client, asked } = fakeServer([() => json({ conversations: [] })]);
    await client.conversations.list({ q: 'a b', limit: 5, cursor: 'x=' });
    await client.conversations.list();
    await client.conversations.get('c');
    await client.conversations.rename('c', 'New');
    assert.deepEqual(asked.map(({ method, path, query, body }) => [method, path, Object.fromEntries(query), body]), [
      ['GET', '/chat/conversations', { q: 'a b', limit: '5', cursor: 'x=' }, undefined],
      ['GET', '/chat/conversations', {}, undefined],
      ['GET', '/chat/conversations/c', {}, undefined],
      ['PATCH', '/chat/conversations/c', {}, { title: 'New' }],
    ]);
  });
});
