import type { TurnEvent } from '../src/index.js';
import { PasswindowClient, type ClientOptions } from '../src/index.js';
import { HandTiming } from './hand-timing.js';

export const turnId = 'turn_1';
export const conversationId = 'conv_1';

/** A turn that says these words. */
export function eventsSaying(words: readonly string[], ...more: Record<string, unknown>[]): TurnEvent[] {
  return numbered(
    { type: 'start', conversation_id: conversationId, turn_id: turnId, model: 'demo', created_at: '2030-01-01T00:00:00Z' },
    ...words.map((token) => ({ type: 'token', token })),
    ...more,
    { type: 'done', finish_reason: 'stop' },
  );
}

export const numbered = (...facts: Record<string, unknown>[]) => facts.map((fact, index) => ({ ...fact, seq: index + 1 }) as unknown as TurnEvent);

/** An event as the native dialect writes it. */
export const frame = (event: TurnEvent) =>
  `event: ${event.type}\ndata: ${JSON.stringify(event)}\n${event.seq === 1 ? 'retry: 1000\n' : ''}${event.seq ? `id: ${turnId}:${event.seq}\n` : ''}\n`;

export const frames = (events: readonly TurnEvent[]) => Buffer.from(events.map(frame).join(''));

/** A piece of a body; `cut` breaks it as a lost connection does, `hang` never ends it. */
export type Piece = string | Uint8Array | 'cut' | 'hang';

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Headers;
  body: unknown;
  init: RequestInit;
}

/** An event stream of these pieces. */
export function stream(pieces: readonly Piece[], headers: Record<string, string> = { 'Passwindow-Turn': turnId, 'Passwindow-Conversation': conversationId }): Response {
  const rest = [...pieces];
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = rest.shift();
      if (piece === undefined)
        return controller.close();
      if (piece === 'cut')
        return controller.error(new TypeError('terminated'));
      if (piece === 'hang')
        return new Promise(() => {});
      controller.enqueue(typeof piece === 'string' ? Buffer.from(piece) : piece);
      return undefined;
    },
  });
  return new Response(body, { headers: { 'Content-Type': 'text/event-stream', ...headers } });
}

export const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': status < 400 ? 'application/json' : 'application/problem+json', ...headers } });

export const problem = (status: number, code: string, headers: Record<string, string> = {}, more: object = {}) =>
  json({ type: 'about:blank', title: `Title ${status}`, status, detail: `Detail of ${code}`, code, ...more }, status, headers);

export const html = (status: number) => new Response('<html>Bad gateway</html>', { status, headers: { 'Content-Type': 'text/html' } });

export const lost = () => Promise.reject(new TypeError('fetch failed'));

/** The events behind the place that a request names. */
export function rest(events: readonly TurnEvent[], { query }: Asked): TurnEvent[] {
  return events.filter((event) => event.seq! > Number(query.get('after')));
}

/** A client, and what answers it: the nth answer goes to the nth request, the last to all that follow. */
export function fakeServer(answers: readonly ((asked: Asked) => Response | Promise<Response>)[], options: ClientOptions = {}) {
  const asked: Asked[] = [];
  const timing = new HandTiming();
  const fetch: typeof globalThis.fetch = async (input, init = {}) => {
    init.signal?.throwIfAborted();
    const url = new URL(String(input), 'http://server');
    const request: Asked = {
      method: init.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: new Headers(init.headers),
      body: init.body ? JSON.parse(init.body as string) : undefined,
      init,
    };
    const answer = answers[Math.min(asked.length, answers.length - 1)]!;
    asked.push(request);
    return answer(request);
  };
  return { client: new PasswindowClient({ fetch, timing, ...options }), asked, timing };
}
