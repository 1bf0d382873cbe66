/** A server that speaks as much of the contract as one turn needs, and a clock that never waits. */

export const turnId = 'turn_1';

/** @param {string[]} tokens @param {string} [reason] */
export function eventsOf(tokens, reason = 'stop') {
  const events = [
    { type: 'start', conversation_id: 'conv_1', turn_id: turnId, model: 'demo', created_at: '2030-01-01T00:00:00.000Z' },
    ...tokens.map((token) => ({ type: 'token', token })),
    { type: 'done', finish_reason: reason },
  ];
  return events.map((event, index) => ({ type: event.type, seq: index + 1, ...event }));
}

export const frame = (event) =>
  `event: ${event.type}\ndata: ${JSON.stringify(event)}\n${event.seq === 1 ? 'retry: 1000\n' : ''}id: ${turnId}:${event.seq}\n\n`;

/** @param {(string | Error)[]} parts an Error breaks the body, as a lost connection does */
export function streamOf(parts, signal) {
  const bytes = new TextEncoder();
  const rest = [...parts];
  return new ReadableStream({
    start: (controller) => signal?.addEventListener('abort', () => controller.error(signal.reason)),
    pull(controller) {
      const part = rest.shift();
      if (part === undefined)
        controller.close();
      else if (part instanceof Error)
        controller.error(part);
      else
        controller.enqueue(bytes.encode(part));
    },
  });
}

export const sse = (parts, init = {}) =>
  new Response(streamOf(parts, init.signal), {
    headers: { 'Content-Type': 'text/event-stream', 'Passwindow-Turn': turnId, 'Passwindow-Conversation': 'conv_1' },
  });

export const problem = (status, code, headers = {}) =>
  new Response(JSON.stringify({ title: `Title of ${code}`, status, code }), {
    status,
    headers: { 'Content-Type': 'application/problem+json', ...headers },
  });

/**
 * @param {(request: {method: string, url: string, headers: Headers, body: any, number: number, signal?: AbortSignal}) => Response | Promise<Response>} answer
 */
export function fakeSurroundings(answer) {
  const requests = [];
  const waits = [];
  return {
    requests,
    waits,
    random: () => 0.5,
    async fetch(url, init = {}) {
      init.signal?.throwIfAborted();
      const request = {
        method: init.method ?? 'GET',
        url,
        headers: new Headers(init.headers),
        body: init.body && JSON.parse(init.body),
        number: requests.length,
        signal: init.signal,
      };
      requests.push(request);
      return answer(request);
    },
    // A wait of the backoff ends as soon as the event loop turns; the watch on silence never bites unless a test says so.
    after(ms, run) {
      waits.push(ms);
      if (ms >= 40_000)
        return () => {};
      const timer = setImmediate(run);
      return () => clearImmediate(timer);
    },
  };
}

/** The events behind the position that a request names. */
export function restFor(request, events) {
  const id = request.headers.get('last-event-id');
  const after = id ? Number(id.split(':')[1]) : Number(new URL(request.url, 'http://x').searchParams.get('after'));
  return events.filter((event) => event.seq > after);
}
