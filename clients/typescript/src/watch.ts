import type { Answer } from './documents.js';
import { errorFrom, malformed, PasswindowError } from './error.js';
import { eventsOf } from './events-of.js';
import type { ErrorEvent, TurnEvent } from './events.js';
import { readEvents, type Wire, type WireRequest } from './wire.js';

/** How a watch begins: the request that starts or finds the turn, and what is known of it already. */
export interface Opening {
  request: WireRequest;
  turnId?: string | undefined;
  /** The last event that was seen before. */
  after?: number | undefined;
}

/** What a watch tells. */
export interface Watcher {
  /** A connection answered with the turn. */
  onOpen(): void;
  /** It broke, and will be taken up again. */
  onLost(): void;
  /** The next event, each once and in order. */
  onEvent(event: TurnEvent): void;
}

/** A turn followed to its end over as many connections as it takes. It is started once: what breaks later is taken up where it broke. */
export class Watch {
  /** The turn's id, once known. */
  id: string | undefined;

  /** The last event handed on. */
  lastSeq: number;

  /** Between two attempts. */
  isIdle = false;

  readonly #wire: Wire;
  readonly #opening: WireRequest;
  readonly #watcher: Watcher;
  #isReached = false;
  #retryDelay: number | undefined;
  #notice: PasswindowError | undefined;

  constructor(wire: Wire, { request, turnId, after = 0 }: Opening, watcher: Watcher) {
    this.#wire = wire;
    this.#opening = request;
    this.id = turnId;
    this.lastSeq = after;
    this.#watcher = watcher;
  }

  /**
   * Resolves at the turn's end, or where the server has nothing to send.
   * @throws {PasswindowError} it was refused, or cannot be followed any further
   */
  async run(signal: AbortSignal): Promise<void> {
    for (let failures = 0; ; ) {
      const before = this.lastSeq;
      this.#notice = undefined;
      let isOver = false;
      let error: PasswindowError | undefined;
      try {
        isOver = await this.#wire.exchange(this.#request(), signal, (response, heard, own) => this.#read(response, heard, own));
      } catch (thrown) {
        error = errorFrom(thrown);
      }
      if (isOver && this.#notice)
        throw this.#notice;
      if (isOver)
        return;

      signal.throwIfAborted();
      failures = this.lastSeq > before ? 1 : failures + 1;
      this.isIdle = true;
      this.#watcher.onLost();
      error ??= this.#notice ?? errorFrom();
      await this.#wire.again(error, failures, signal, this.#isReached ? this.#wire.retry.maxAttempts : undefined, this.#retryDelay);
      this.isIdle = false;
    }
  }

  // Once the turn has a name, it is asked for. Before that its request is repeated with the same key, which the server answers with the same turn.
  #request(): WireRequest {
    return this.id ? { path: `/turns/${encodeURIComponent(this.id)}/events?after=${this.lastSeq}`, accept: 'text/event-stream' } : this.#opening;
  }

  /** Reads one response; true if it was the last. */
  async #read(response: Response, heard: () => void, signal: AbortSignal): Promise<boolean> {
    if (response.status === 204)
      return true;
    const type = response.headers.get('content-type') ?? '';
    const isAnswer = /^application\/json\b/i.test(type) && !this.lastSeq;
    // Where it answered before, a proxy stands in its place for a while.
    if (!isAnswer && !/^text\/event-stream\b/i.test(type))
      throw malformed(`The server answered with ${type}, not with events.`, this.#isReached);

    this.id ??= response.headers.get('passwindow-turn') ?? undefined;
    this.#isReached = true;
    this.#watcher.onOpen();
    if (isAnswer)
      return eventsOf((await response.json()) as Answer).some((event) => this.#take(event));
    let isOver = false;
    await readEvents(response, signal, heard, (data, retry) => {
      this.#retryDelay = retry ?? this.#retryDelay;
      return (isOver = this.#take(parse(data)));
    });
    return isOver;
  }

  /** Takes one event; true if it is the last. */
  #take(event: TurnEvent): boolean {
    // Without a number it is a notice to this response alone, and no event of the turn.
    if (event.seq === undefined) {
      if (event.type === 'error')
        this.#notice = errorOfEvent(event);
      return event.type === 'done' || !(this.#notice?.retryable ?? true);
    }

    if (event.seq <= this.lastSeq)
      return false;
    if (event.seq > this.lastSeq + 1)
      throw new PasswindowError('gap', `Event ${event.seq} came after ${this.lastSeq}.`, { retryable: true });
    if (event.type === 'start')
      this.id ??= event.turn_id;
    this.lastSeq = event.seq;
    this.#watcher.onEvent(event);
    return event.type === 'done';
  }
}

/** What an `error` event says. */
export function errorOfEvent({ code, message, retryable }: ErrorEvent): PasswindowError {
  return new PasswindowError(code, message, { retryable });
}

function parse(data: string): TurnEvent {
  try {
    const event: unknown = JSON.parse(data);
    if (event && typeof event === 'object' && 'type' in event)
      return event as TurnEvent;
  } catch {
    // said below
  }
  throw malformed('An event cannot be read.');
}
