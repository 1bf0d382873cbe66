import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PasswindowClient, textOf, type Turn, type TurnEvent } from '../src/index.js';
import { CuttingProxy, missing, RealServer } from './real-server.js';

// The server names a second before a reconnect; these tests need not wait for it.
const timing = {
  random: () => 0,
  after(ms: number, run: () => void) {
    const timer = setTimeout(run, ms > 10_000 ? ms : Math.min(ms, 5));
    return () => clearTimeout(timer);
  },
};

describe('against the real server', { skip: missing, concurrency: true }, () => {
  const server = new RealServer();
  let client: PasswindowClient;
  before(async () => {
    await server.start();
    client = new PasswindowClient({ baseUrl: `${server.address}/chat`, allowActions: 'all', timing });
  });
  after(() => server[Symbol.asyncDispose]());

  const all = async (turn: Turn) => {
    const events: TurnEvent[] = [];
    for await (const event of turn)
      events.push(event);
    return events;
  };

  test('a turn whose every connection is cut is the turn in the journal', async () => {
    const seeds = Array.from({ length: process.env.PASSWINDOW_TESTS === 'full' ? 60 : 15 }, (_, index) => index + 1);
    await Promise.all(seeds.map(async (seed) => {
      await using proxy = new CuttingProxy(server.address, (connection) => 200 + ((seed * 7919 + connection * 104729) % 1700));
      const cut = new PasswindowClient({ baseUrl: `${await proxy.listen()}/chat`, timing });
      const turn = cut.send(`Ticket-${seed}-`);
      const events = await all(turn);
      assert.deepEqual(events, await all(client.follow(turn.id!)), `seed ${seed}`);
      assert.equal(turn.state.finish_reason, 'stop');
      assert.ok(proxy.connections > 2, `seed ${seed}: ${proxy.connections} connections`);
      const { conversations } = await client.conversations.list({ q: `Ticket-${seed}-` });
      assert.equal(conversations.length, 1, 'it was started once');
      const { messages } = await client.conversations.get(conversations[0]!.id);
      assert.deepEqual(messages.map(({ content }) => content), [`Ticket-${seed}-`, textOf(turn.state)]);
    }));
  });

  test('a server killed in the middle of an answer leaves an interrupted turn, and the client hears of it', async () => {
    await using other = await new RealServer().start();
    const mine = new PasswindowClient({ baseUrl: `${other.address}/chat`, retry: { maxDelay: 200 } });
    const third = watchFor(3);
    const turn = mine.send('slow', third);
    await third.seen;
    await other.kill();
    const said = turn.lastSeq;
    await other.start();
    const state = await turn.finished;
    assert.equal(state.finish_reason, 'interrupted');
    assert.ok(state.last_seq > said);
  });

  test('a second request with the key joins the turn, at the same time and later', async () => {
    const options = { idempotencyKey: `key-${process.pid}` };
    const turns = await Promise.all([client.send('Hi', options).finished, client.send('Hi', options).finished]);
    const late = await client.send('Hi', options).finished;
    assert.equal(new Set([...turns, late].map(({ turn_id }) => turn_id)).size, 1);
    assert.deepEqual(late, turns[0]);
    await assert.rejects(client.send('Other', options).finished, { code: 'idempotency_mismatch', status: 422 });
  });

  test('a running turn is found, watched from the middle, and stopped before it is done', async () => {
    const third = watchFor(3);
    const turn = client.send('slow', third);
    await third.seen;
    const conversation_id = turn.state.conversation_id!;
    await assert.rejects(client.send({ message: 'Now', conversation_id }).finished, { code: 'turn_active', status: 409, turnId: turn.id });
    const found = await client.resume(conversation_id);
    assert.equal(found!.id, turn.id);
    const tail = client.follow(turn.id!, { after: 2 });
    const receipt = await found!.stop();
    assert.equal(receipt!.finish_reason, 'stopped');
    assert.deepEqual(await client.stop(turn.id!), receipt);
    assert.deepEqual((await all(tail)).map((event) => event.seq), Array.from({ length: receipt!.last_seq - 2 }, (_, index) => index + 3));
    assert.deepEqual([(await found!.finished).finish_reason, (await turn.finished).finish_reason], ['stopped', 'stopped']);
    assert.equal(await client.resume(conversation_id), undefined);
  });

  test('a stop before the server has answered reaches the turn', async () => {
    const turn = client.send('slow');
    assert.equal((await turn.stop())!.finish_reason, 'stopped');
    assert.equal((await turn.finished).finish_reason, 'stopped');
  });

  test('an action, a tool, an error and one document', async () => {
    const dark = await client.send('dark').finished;
    assert.deepEqual(dark.parts.flatMap((part) => (part.type === 'action' ? [part.action] : [])), [{ type: 'set_theme', theme: 'dark' }]);
    const clock = await client.send('clock').finished;
    assert.deepEqual(clock.parts.flatMap((part) => (part.type === 'tool' ? [[part.name, part.status]] : [])), [['kitchen_clock', 'done']]);
    const failed = await client.send('fail').finished;
    assert.equal(failed.finish_reason, 'error');
    assert.ok(failed.error!.message);
    const whole = await client.send('clock', { stream: false }).finished;
    assert.equal(whole.finish_reason, 'stop');
    assert.ok(textOf(whole).includes('kitchen_clock'));
    await assert.rejects(client.send('fail', { stream: false }).finished, (error: { status: number; turnId: string }) => error.status >= 500 && error.turnId.startsWith('t_'));
  });

  test('tools of the client: the turn ends for them, and a new one goes on', async () => {
    const tools = [{ name: 'where_am_i', description: 'Where the person is.', parameters: { type: 'object', properties: {} } }];
    const asking = await client.send({ message: 'tool where_am_i', tools }).finished;
    assert.equal(asking.finish_reason, 'tool_calls');
    const [call] = asking.parts.filter((part) => part.type === 'tool');
    const answer = await client.sendToolResults(asking.turn_id!, [{ id: call!.id, result: { city: 'Paris' } }]).finished;
    assert.equal(answer.conversation_id, asking.conversation_id);
    assert.ok(textOf(answer).includes('Paris'));
  });

  test('again, differently, and away', async () => {
    const first = await client.send('Original').finished;
    const conversation_id = first.conversation_id!;
    await client.regenerate(first.turn_id!).finished;
    const { messages } = await client.conversations.get(conversation_id);
    assert.equal(messages.length, 2);
    await client.send({ message: 'Edited', conversation_id, replaces: messages[0]!.turn_id }).finished;
    assert.deepEqual((await client.conversations.get(conversation_id)).messages.map(({ role, content }) => role === 'user' && content), ['Edited', false]);
    assert.equal((await client.conversations.rename(conversation_id, 'Mine')).title, 'Mine');
    assert.equal((await client.conversations.list({ q: 'Mine' })).conversations[0]!.id, conversation_id);
    await client.conversations.delete(conversation_id);
    await assert.rejects(client.conversations.get(conversation_id), { code: 'not_found' });
  });

  test('a conversation deleted under a viewer ends, and never as if it were whole', async () => {
    const third = watchFor(3);
    const turn = client.send('slow', third);
    await third.seen;
    await client.conversations.delete(turn.state.conversation_id!);
    const outcome = await turn.finished.then((state) => state.finish_reason, (error) => error.code);
    assert.ok(['gap', 'stopped', 'not_found'].includes(outcome!), outcome);
  });
});

/** A handler, and when the event of that number has come. */
function watchFor(seq: number) {
  let tell = () => {};
  const seen = new Promise<void>((resolve) => (tell = resolve));
  return { seen, onEvent: (event: TurnEvent) => event.seq === seq && tell() };
}
