import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PasswindowError, textOf, type Turn, type TurnEvent } from '../src/index.js';
import { eventsSaying, fakeServer, frame, frames, html, json, lost, numbered, problem, rest, stream, turnId, type Asked } from './fake-server.js';

const events = eventsSaying(['One ', 'twö ', '🍽️ ', 'three']);

async function seen(turn: Turn): Promise<TurnEvent[]> {
  const all: TurnEvent[] = [];
  for await (const event of turn)
    all.push(event);
  return all;
}

const theRest = (asked: Asked) => stream([frames(rest(events, asked))]);

describe('a turn that is cut', () => {
  test('at any byte is taken up at exactly the rest, and started once', async () => {
    const bytes = frames(events);
    for (let cut = 0; cut < bytes.length; cut++) {
      const { client, asked } = fakeServer([() => stream([bytes.subarray(0, cut), 'cut']), theRest]);
      assert.deepEqual(await seen(client.send('Hi')), events, `cut at byte ${cut}`);
      assert.deepEqual(asked.map(({ method }) => method), ['POST', 'GET'], `cut at byte ${cut}`);
    }
  });

  test('by a clean end after any event is taken up too', async () => {
    for (let cut = 0; cut < events.length; cut++) {
      const { client, asked } = fakeServer([() => stream([frames(events.slice(0, cut))]), theRest]);
      assert.deepEqual(await seen(client.send('Hi')), events);
      assert.equal(asked[1]!.path, `/chat/turns/${turnId}/events`);
      assert.equal(asked[1]!.query.get('after'), `${cut}`);
    }
  });

  test('after every single event comes to its end', async () => {
    const { client, timing } = fakeServer([(request) => stream([frame(rest(events, request)[0]!), 'cut'])]);
    assert.equal(textOf(await client.send('Hi').finished), 'One twö 🍽️ three');
    assert.ok(timing.waits.every((wait) => wait === 1000), 'whoever gets on waits no longer each time, and as long as the server named');
  });

  test('at random, with frames twice and chunks anywhere, loses and doubles nothing', async () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = randomFrom(seed);
      const many = eventsSaying(Array.from({ length: 40 }, (_, index) => `${index} ü€😀 `));
      const { client } = fakeServer([
        (request) => {
          const from = Math.max(0, rest(many, request)[0]!.seq! - 1 - Math.floor(random() * 3));
          const bytes = frames(many.slice(from));
          const end = random() < 0.5 ? bytes.length : Math.floor(random() * bytes.length);
          const pieces: (Uint8Array | 'cut')[] = [];
          for (let at = 0; at < end; ) {
            const next = Math.min(end, at + 1 + Math.floor(random() * 300));
            pieces.push(bytes.subarray(at, next));
            at = next;
          }
          return stream(end === bytes.length ? pieces : [...pieces, 'cut']);
        },
      ]);
      assert.deepEqual(await seen(client.send('Hi')), many, `seed ${seed}`);
    }
  });
});

describe('a request whose answer is lost', () => {
  test('before its headers is sent again with the same key and body', async () => {
    const { client, asked, timing } = fakeServer([lost, lost, () => stream([frames(events)])]);
    assert.deepEqual(await seen(client.send({ message: 'Hi', conversation_id: 'c' })), events);
    const keys = asked.map(({ headers }) => headers.get('idempotency-key'));
    assert.equal(new Set(keys).size, 1);
    assert.ok(keys[0]!.length > 20);
    assert.deepEqual(asked.map(({ method, body }) => [method, body]), Array(3).fill(['POST', { message: 'Hi', conversation_id: 'c' }]));
    assert.deepEqual(timing.waits, [500, 1000]);
  });

  test('is given up after a bounded number of attempts', async () => {
    const { client, asked } = fakeServer([lost]);
    await assert.rejects(client.send('Hi').finished, { name: 'PasswindowError', code: 'network', retryable: true });
    assert.equal(asked.length, 5);
  });

  test('before `start`, where the headers are hidden from this origin, is sent again', async () => {
    const { client, asked } = fakeServer([() => stream([frame(events[0]!).slice(0, -1), 'cut'], {}), () => stream([frames(events.slice(0, 2)), 'cut'], {}), theRest]);
    assert.deepEqual(await seen(client.send('Hi')), events);
    assert.deepEqual(asked.map(({ method }) => method), ['POST', 'POST', 'GET']);
  });

  test('of two turns has two keys', async () => {
    const { client, asked } = fakeServer([() => stream([frames(events)])]);
    await client.send('Hi').finished;
    await client.send('Hi').finished;
    await client.send('Hi', { idempotencyKey: 'mine' }).finished;
    assert.equal(new Set(asked.map(({ headers }) => headers.get('idempotency-key'))).size, 3);
    assert.equal(asked[2]!.headers.get('idempotency-key'), 'mine');
  });
});

describe('a server that cannot be had for a while', () => {
  test('is asked again after growing, scattered, bounded waits, then given up', async () => {
    const { client, asked, timing } = fakeServer([() => stream([frames(events.slice(0, 2)), 'cut']), () => html(502)]);
    timing.chance = 0;
    await assert.rejects(client.send('Hi').finished, { code: 'http_502', status: 502 });
    assert.deepEqual(timing.waits.slice(0, 5), [500, 1000, 2000, 2500, 2500], 'with the least chance, half of 1, 2, 4, 5, 5 s');
    assert.equal(asked.length, 60);
    assert.ok(asked.slice(1).every(({ query }) => query.get('after') === '2'));
  });

  for (const [name, answer] of Object.entries({
    'a 503': () => problem(503, 'overloaded', { 'Retry-After': '7' }),
    'the page of a captive portal': () => html(200),
    'an error page of a proxy': () => html(504),
    'no connection': lost,
  }))
    test(`by ${name} is had later`, async () => {
      const { client } = fakeServer([() => stream([frames(events.slice(0, 3)), 'cut']), answer, answer, theRest]);
      assert.deepEqual(await seen(client.send('Hi')), events);
    });

  test('is not asked before the time it named', async () => {
    const { client, timing } = fakeServer([() => problem(503, 'shutting_down', { 'Retry-After': '7' }), () => stream([frames(events)])]);
    await client.send('Hi').finished;
    assert.deepEqual(timing.waits, [7000]);
  });

  test('and says so for longer than anybody waits is not asked again', async () => {
    const { client, asked } = fakeServer([() => problem(429, 'queue_full', { 'Retry-After': '3600' })]);
    await assert.rejects(client.send('Hi').finished, { code: 'queue_full', status: 429, retryAfter: 3600, retryable: true });
    assert.equal(asked.length, 1);
  });

  test('is asked at once when the network is back', async () => {
    const target = new EventTarget();
    Object.assign(globalThis, { addEventListener: target.addEventListener.bind(target), removeEventListener: target.removeEventListener.bind(target) });
    try {
      const { client, timing } = fakeServer([lost, () => stream([frames(events)])]);
      timing.hold = new Promise(() => {});
      const turn = client.send('Hi', { onConnection: () => setImmediate(() => target.dispatchEvent(new Event('online'))) });
      assert.equal((await turn.finished).finish_reason, 'stop');
    } finally {
      Object.assign(globalThis, { addEventListener: undefined, removeEventListener: undefined });
    }
  });
});

describe('a refusal', () => {
  test('is told once, as the problem document says it, and not repeated', async () => {
    const told: PasswindowError[] = [];
    const { client, asked } = fakeServer([() => problem(409, 'turn_active', {}, { turn_id: 't_9' })]);
    const turn = client.send('Hi', { onError: (error) => told.push(error) });
    await assert.rejects(seen(turn), { code: 'turn_active', status: 409, message: 'Detail of turn_active', turnId: 't_9', retryable: false });
    assert.equal(told.length, 1);
    assert.ok(told[0] instanceof PasswindowError);
    assert.equal(asked.length, 1);
  });

  test('of a turn that failed while it was waited for is not repeated', async () => {
    const { client, asked } = fakeServer([() => problem(502, 'upstream_unavailable', {}, { turn_id: turnId })]);
    await assert.rejects(client.send('Hi', { stream: false }).finished, { code: 'upstream_unavailable', status: 502, turnId });
    assert.equal(asked.length, 1);
  });

  test('without a document has the status for a code', async () => {
    const { client } = fakeServer([() => new Response('{"code":', { status: 400, headers: { 'Content-Type': 'application/json' } })]);
    await assert.rejects(client.send('Hi').finished, { code: 'http_400', status: 400 });
  });

  test('that is a page is what the first request finds at a wrong address', async () => {
    const { client, asked } = fakeServer([() => html(200)]);
    await assert.rejects(client.send('Hi').finished, { code: 'malformed' });
    assert.equal(asked.length, 1);
  });

  test('while a turn is followed ends the following', async () => {
    const { client } = fakeServer([() => stream([frames(events.slice(0, 2)), 'cut']), () => problem(401, 'unauthorized')]);
    await assert.rejects(client.send('Hi').finished, { code: 'unauthorized', status: 401 });
  });
});

describe('events', () => {
  test('sent twice are given once', async () => {
    const { client } = fakeServer([() => stream([frames([...events.slice(0, 3), ...events.slice(0, 3)]), 'cut']), () => stream([frames(events)])]);
    assert.deepEqual(await seen(client.send('Hi')), events);
  });

  test('with a hole are not given: the rest is fetched from before it', async () => {
    const { client, asked } = fakeServer([() => stream([frames([...events.slice(0, 2), ...events.slice(3)])]), theRest]);
    assert.deepEqual(await seen(client.send('Hi')), events);
    assert.equal(asked[1]!.query.get('after'), '2');
  });

  test('with a hole that stays are told as a gap', async () => {
    const { client } = fakeServer([() => stream([frames(events.filter(({ seq }) => seq !== 3))])]);
    const turn = client.send('Hi');
    await assert.rejects(turn.finished, { code: 'gap' });
    assert.equal(turn.lastSeq, 2);
  });

  test('that are no JSON end it', async () => {
    const { client, asked } = fakeServer([() => stream([frames(events.slice(0, 2)), 'data: <html>\n\n', 'hang'])]);
    await assert.rejects(client.send('Hi').finished, { code: 'malformed' });
    assert.equal(asked.length, 1);
  });

  test('of a type nobody knows are handed on and change nothing', async () => {
    const strange = numbered(events[0]! as never, { type: 'weather', weather: 'fine' }, { type: 'done', finish_reason: 'stop' });
    const { client } = fakeServer([() => stream([frames(strange)])]);
    const turn = client.send('Hi');
    assert.deepEqual(await seen(turn), strange);
    assert.deepEqual(turn.state.parts, []);
  });
});

describe('one document instead of a stream', () => {
  const answer = {
    conversation_id: 'conv_1',
    turn_id: turnId,
    response: 'Hello',
    reasoning: 'Hm',
    finish_reason: 'stop',
    usage: { duration_ms: 5, output_tokens: 1 },
    tool_calls: [{ id: 'a', name: 'clock', arguments: {} }],
    tools_used: ['clock'],
    actions: [],
    citations: [{ url: 'https://example.com', title: 'Example' }],
    suggested_questions: ['And?'],
  };

  test('is told as the events it could have come from', async () => {
    const tokens: string[] = [];
    const { client, asked } = fakeServer([() => json(answer)]);
    const turn = client.send('Hi', { onToken: (token) => tokens.push(token) });
    assert.deepEqual(await seen(turn).then((all) => all.map(({ type }) => type)), ['start', 'reasoning', 'tool_call', 'token', 'citation', 'suggested_questions', 'usage', 'done']);
    assert.equal(asked[0]!.headers.get('accept'), 'text/event-stream, application/json;q=0.5');
    assert.deepEqual(tokens, ['Hello']);
    assert.equal(turn.id, turnId);
    assert.equal(turn.state.usage!.duration_ms, 5);
  });

  test('can be asked for', async () => {
    const { client, asked } = fakeServer([() => json(answer)]);
    assert.equal(textOf(await client.send('Hi', { stream: false }).finished), 'Hello');
    assert.equal(asked[0]!.headers.get('accept'), 'application/json');
  });

  test('that was cut is asked for again, with the same key', async () => {
    const { client, asked } = fakeServer([() => new Response('{"turn_id":"tur', { headers: { 'Content-Type': 'application/json' } }), () => json(answer)]);
    assert.equal(textOf(await client.send('Hi').finished), 'Hello');
    assert.equal(new Set(asked.map(({ headers }) => headers.get('idempotency-key'))).size, 1);
  });

  test('is how a stream comes where bodies cannot be streamed', async () => {
    const whole = () => Object.defineProperty(new Response(frames(events), { headers: { 'Content-Type': 'text/event-stream' } }), 'body', { value: undefined });
    const { client } = fakeServer([whole]);
    assert.deepEqual(await seen(client.send('Hi')), events);
  });
});

/** A small generator with a seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
