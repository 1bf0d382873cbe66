import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MaxAttempts, MaxSilence, MaxStopAttempts, Turn } from '../turn.js';
import { eventsOf, fakeSurroundings, frame, problem, restFor, sse, turnId } from './fake-server.js';

const tokens = ['Hel', 'lo ', 'wörld ', '🙂', '\n\n', 'end.'];
const text = tokens.join('');
const broken = () => new TypeError('network error');

function watch(io) {
  const seen = { events: [], connection: [], identity: [] };
  const turn = new Turn(
    {
      onEvent: (event) => seen.events.push(event),
      onConnection: (up) => seen.connection.push(up),
      onIdentity: (identity) => seen.identity.push(identity),
    },
    io,
  );
  return { turn, seen, text: () => seen.events.map((event) => event.token ?? '').join('') };
}

const posts = (io) => io.requests.filter((request) => request.method === 'POST' && request.url === '/chat');

test('A turn is posted with its key and read to its end', async () => {
  const io = fakeSurroundings(() => sse([eventsOf(tokens).map(frame).join('')]));
  const { turn, seen, text: read } = watch(io);
  assert.deepEqual(await turn.send({ message: 'hi' }, 'key-1'), { kind: 'ended', reason: 'stop' });
  assert.equal(read(), text);
  assert.deepEqual(seen.identity, [{ turn: turnId, conversation: 'conv_1' }]);
  assert.deepEqual(seen.connection, []);
  const [post] = io.requests;
  assert.equal(post.headers.get('idempotency-key'), 'key-1');
  assert.equal(post.headers.get('accept'), 'text/event-stream');
  assert.deepEqual(post.body, { message: 'hi' });
});

for (const [how, end] of [['broken', [broken()]], ['closed early', []]]) {
  test(`A connection ${how} behind every event, one after the other, loses and doubles nothing and posts once`, async () => {
    const events = eventsOf(tokens);
    const io = fakeSurroundings((request) => sse([frame(restFor(request, events)[0]), ...end]));
    const { turn, seen, text: read } = watch(io);
    assert.equal((await turn.send({ message: 'hi' }, 'k')).kind, 'ended');
    assert.equal(read(), text);
    assert.deepEqual(seen.events.map((event) => event.seq), events.map((event) => event.seq));
    assert.equal(posts(io).length, 1);
    assert.equal(io.requests[2].headers.get('last-event-id'), `${turnId}:2`);
  });
}

test('A connection cut at every byte of the wire is taken up without a gap or a double', async () => {
  const events = eventsOf(['a', 'bé', 'c']);
  const wire = Buffer.from(events.map(frame).join(''));
  for (let cut = 0; cut < wire.length; cut++) {
    const io = fakeSurroundings((request) => {
      if (request.number > 0)
        return sse(restFor(request, events).map(frame));
      const response = sse([]);
      let sent = false;
      const body = new ReadableStream({
        pull(controller) {
          if (sent) {
            controller.error(broken());
          } else {
            sent = true;
            controller.enqueue(new Uint8Array(wire.subarray(0, cut + 1)));
          }
        },
      });
      return new Response(body, { headers: response.headers });
    });
    const { turn, seen } = watch(io);
    assert.equal((await turn.send({ message: 'hi' }, 'k')).kind, 'ended', `cut at ${cut}`);
    assert.deepEqual(seen.events, events, `cut at ${cut}`);
    assert.equal(posts(io).length, 1);
  }
});

test('A server that sends again what was seen is not shown twice', async () => {
  const events = eventsOf(tokens);
  const io = fakeSurroundings(({ number }) => sse(number === 0 ? [...events.slice(0, 4).map(frame), broken()] : events.map(frame)));
  const { turn, text: read } = watch(io);
  await turn.send({ message: 'hi' }, 'k');
  assert.equal(read(), text);
});

test('A hole in the numbers is fetched, not shown', async () => {
  const events = eventsOf(tokens);
  const io = fakeSurroundings((request) => sse(request.number === 0 ? [frame(events[0]), frame(events[3])] : restFor(request, events).map(frame)));
  const { turn, seen } = watch(io);
  await turn.send({ message: 'hi' }, 'k');
  assert.deepEqual(seen.events, events);
  assert.equal(io.requests[1].headers.get('last-event-id'), `${turnId}:1`);
});

test('A broken connection is told once, and once that it is back', async () => {
  const events = eventsOf(tokens);
  const io = fakeSurroundings((request) => {
    if (request.number === 0)
      return sse([frame(events[0]), broken()]);
    if (request.number < 5)
      throw broken();
    return sse(restFor(request, events).map(frame));
  });
  const { turn, seen } = watch(io);
  await turn.send({ message: 'hi' }, 'k');
  assert.deepEqual(seen.connection, [false, true]);
});

test('The waits double from the server\'s own retry to the cap', async () => {
  const events = eventsOf(tokens);
  const io = fakeSurroundings((request) => {
    if (request.number === 0)
      return sse([frame(events[0]), broken()]);
    if (request.number < 6)
      throw broken();
    return sse(restFor(request, events).map(frame));
  });
  await watch(io).turn.send({ message: 'hi' }, 'k');
  const waits = io.waits.filter((ms) => ms < MaxSilence);
  assert.deepEqual(waits, [750, 1500, 3000, 3750, 3750, 3750]); // random is 0.5: three quarters of 1, 2, 4, 5, 5, 5 s
});

test('A server that never comes back is given up after the bound, and the POST is not repeated', async () => {
  const io = fakeSurroundings((request) => {
    if (request.number === 0)
      return sse([frame(eventsOf(tokens)[0]), broken()]);
    throw broken();
  });
  const outcome = await watch(io).turn.send({ message: 'hi' }, 'k');
  assert.equal(outcome.kind, 'refused');
  assert.equal(outcome.problem.code, 'network');
  assert.equal(io.requests.length, 1 + MaxAttempts);
  assert.equal(posts(io).length, 1);
});

test('A silent connection is hung up on and taken up again', async () => {
  const events = eventsOf(tokens);
  const io = fakeSurroundings((request) => {
    if (request.number > 0)
      return sse(restFor(request, events).map(frame));
    let sent = false;
    const body = new ReadableStream({
      pull(controller) {
        if (!sent)
          controller.enqueue(new TextEncoder().encode(frame(events[0])));
        sent = true;
        return sent ? undefined : new Promise(() => {});
      },
    });
    return new Response(body, { headers: sse([]).headers });
  });
  const { after } = io;
  let silent = 0;
  io.after = (ms, run) => (ms === MaxSilence && ++silent === 2 ? after(0, run) : after(ms, run));
  const { turn, seen } = watch(io);
  assert.equal((await turn.send({ message: 'hi' }, 'k')).kind, 'ended');
  assert.deepEqual(seen.events, events);
});

test('204 ends the following', async () => {
  const io = fakeSurroundings(() => new Response(null, { status: 204 }));
  assert.deepEqual(await watch(io).turn.attach(turnId), { kind: 'nothing' });
  assert.equal(io.requests.length, 1);
});

test('Attaching reads the whole turn from before its first event', async () => {
  const events = eventsOf(tokens);
  const io = fakeSurroundings((request) => sse(restFor(request, events).map(frame)));
  const { turn, text: read } = watch(io);
  assert.equal((await turn.attach(turnId)).kind, 'ended');
  assert.equal(read(), text);
  assert.equal(io.requests[0].url, `/chat/turns/${turnId}/events?after=0`);
  assert.equal(io.requests[0].headers.get('last-event-id'), null);
});

test('A refusal before the stream is handed on with its words and its wait', async () => {
  const io = fakeSurroundings(() => problem(429, 'too_many', { 'Retry-After': '7' }));
  const { kind, problem: what } = await watch(io).turn.send({ message: 'hi' }, 'k');
  assert.equal(kind, 'refused');
  assert.deepEqual(
    { code: what.code, title: what.title, status: what.status, retryable: what.retryable, retryAfterMs: what.retryAfterMs },
    { code: 'too_many', title: 'Title of too_many', status: 429, retryable: true, retryAfterMs: 7000 },
  );
  assert.equal(io.requests.length, 1);
});

test('A POST that does not reach the server is not repeated by itself', async () => {
  const io = fakeSurroundings(() => { throw broken(); });
  const outcome = await watch(io).turn.send({ message: 'hi' }, 'k');
  assert.equal(outcome.problem.code, 'network');
  assert.equal(outcome.problem.retryable, true);
  assert.equal(io.requests.length, 1);
});

test('Coming back to a busy server waits as long as it asks; a turn that is gone ends the following', async () => {
  const events = eventsOf(tokens);
  const io = fakeSurroundings(({ number }) =>
    [() => sse([frame(events[0]), broken()]), () => problem(503, 'overloaded', { 'Retry-After': '9' }), () => problem(404, 'not_found')][number]());
  const outcome = await watch(io).turn.send({ message: 'hi' }, 'k');
  assert.equal(outcome.problem.code, 'not_found');
  assert.ok(io.waits.includes(9000));
});

test('A notice that this response ends is no end of the turn; one that cannot be mended is', async () => {
  const events = eventsOf(tokens);
  const notice = (code, retryable) => `event: error\ndata: ${JSON.stringify({ type: 'error', code, message: code, retryable })}\n\n`;
  const io = fakeSurroundings((request) =>
    request.number === 0
      ? sse([frame(events[0]), notice('shutting_down', true)])
      : sse([frame(restFor(request, events)[0]), notice('unauthorized', false)]));
  const { turn, seen } = watch(io);
  const outcome = await turn.send({ message: 'hi' }, 'k');
  assert.equal(outcome.problem.code, 'unauthorized');
  assert.deepEqual(seen.events.map((event) => event.seq), [1, 2]);
});

test('An end that could not be journalled still ends the turn', async () => {
  const io = fakeSurroundings(() => sse([frame(eventsOf(tokens)[0]), 'event: done\ndata: {"type":"done","finish_reason":"error"}\n\n']));
  assert.deepEqual(await watch(io).turn.send({ message: 'hi' }, 'k'), { kind: 'ended', reason: 'error' });
});

test('An answer that is no event stream, or no JSON, is refused without a second attempt', async () => {
  for (const response of [() => new Response('<html>', { headers: { 'Content-Type': 'text/html' } }), () => sse(['data: {oops\n\n'])]) {
    const io = fakeSurroundings(response);
    const outcome = await watch(io).turn.send({ message: 'hi' }, 'k');
    assert.equal(outcome.problem.code, 'malformed');
    assert.equal(io.requests.length, 1);
  }
});

test('A stop before the turn has a name is sent as soon as it has one', async () => {
  let open = () => {};
  const named = new Promise((resolve) => (open = resolve));
  const io = fakeSurroundings(async (request) => {
    if (request.url.endsWith('/stop'))
      return new Response('{}', { status: 202 });
    await named;
    return sse(eventsOf(['a'], 'stopped').map(frame));
  });
  const { after } = io;
  io.after = (ms, run) => (ms === 5000 ? () => {} : after(ms, run));
  const { turn } = watch(io);
  const outcome = turn.send({ message: 'hi' }, 'k');
  const stopped = turn.stop();
  assert.equal(io.requests.length, 1);
  open();
  assert.equal(await stopped, true);
  assert.deepEqual(await outcome, { kind: 'ended', reason: 'stopped' });
  assert.equal(io.requests[1].url, `/chat/turns/${turnId}/stop`);
});

test('A stop that does not get through is tried to its bound and then admitted', async () => {
  const io = fakeSurroundings((request) => {
    if (request.url.endsWith('/stop'))
      throw broken();
    return sse(eventsOf(tokens).map(frame));
  });
  const { turn } = watch(io);
  await turn.send({ message: 'hi' }, 'k');
  assert.equal(await turn.stop(), false);
  assert.equal(io.requests.filter((request) => request.url.endsWith('/stop')).length, MaxStopAttempts);
});

test('Leaving ends the reading at once and asks for nothing more', async () => {
  const events = eventsOf(tokens);
  const io = fakeSurroundings(({ signal }) => {
    const open = new ReadableStream({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode(frame(events[0])));
        signal.addEventListener('abort', () => controller.error(signal.reason));
      },
    });
    return new Response(open, { headers: sse([]).headers });
  });
  const left = new Turn({ onEvent: () => left.leave() }, io);
  assert.deepEqual(await left.send({ message: 'hi' }, 'k'), { kind: 'left' });
  assert.equal(io.requests.length, 1);
});
