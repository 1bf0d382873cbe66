import { errorFrom, errorOf, type PasswindowError } from './error.js';
import { EventStreamParser } from './event-stream.js';
import { defaultRetry, delayBefore, pause, type RetryOptions } from './retry.js';
import { platformTiming, type Timing } from './timing.js';

/** Where the server is and how it is spoken to. */
export interface WireOptions {
  /** The server's prefix. Default `/chat`, which a browser resolves against the page; elsewhere it must be absolute. */
  baseUrl?: string | undefined;
  /** Headers of every request, or what makes them: it is asked before each, so that a token can be renewed while a turn runs. */
  headers?: Record<string, string> | (() => Record<string, string> | Promise<Record<string, string>>) | undefined;
  /** Whether cookies are sent to another origin. Default: the platform's, `same-origin`. */
  credentials?: 'omit' | 'same-origin' | 'include' | undefined;
  /** Instead of the platform's `fetch`. */
  fetch?: typeof globalThis.fetch | undefined;
  retry?: RetryOptions | undefined;
  /** For tests. */
  timing?: Timing | undefined;
}

export interface WireRequest {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  body?: unknown;
  accept?: string;
  /** `Idempotency-Key`: sent again with the same key, a POST joins the turn it began. */
  key?: string | undefined;
  /** The answer comes when the turn is complete, however long that takes: its silence means nothing. */
  isPatient?: boolean;
}

/** One server as this client reaches it. */
export class Wire {
  readonly retry: Required<RetryOptions>;
  readonly timing: Timing;
  readonly #options: WireOptions;

  constructor(options: WireOptions) {
    this.#options = options;
    this.retry = { ...defaultRetry, ...options.retry };
    this.timing = options.timing ?? platformTiming;
  }

  /** A number no other request has. `crypto.randomUUID` is missing on pages without TLS. */
  newKey(): string {
    return crypto.getRandomValues(new Uint32Array(4)).join('-');
  }

  /**
   * Sends one request and reads its answer, unless it is silent for too long.
   * @param use reads the answer; it calls `heard` for all that comes
   * @throws {PasswindowError} the server refused, or could not be reached
   */
  exchange<T>(request: WireRequest, signal: AbortSignal | undefined, use: (response: Response, heard: () => void, signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.#watched(signal, request.isPatient, async (own, heard) => {
      const { baseUrl = '/chat', headers, credentials, fetch = globalThis.fetch } = this.#options;
      const { method = 'GET', path, body, accept = 'application/json', key } = request;
      const response = await fetch(baseUrl.replace(/\/+$/, '') + path, {
        method,
        headers: {
          Accept: accept,
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
          ...(key && { 'Idempotency-Key': key }),
          ...(typeof headers === 'function' ? await headers() : headers),
        },
        body: JSON.stringify(body) ?? null,
        // Some workers refuse the field itself.
        ...(credentials && { credentials }),
        signal: own,
      });
      heard();
      if (!response.ok)
        throw await errorOf(response);
      return use(response, heard, own);
    });
  }

  /**
   * A request that may be repeated, and its JSON answer.
   * @param settled the code that means, when it was repeated, that it had been heard the first time
   */
  async call<T>(request: WireRequest, signal?: AbortSignal, settled?: string): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.exchange(request, signal, async (response) => (response.status === 204 ? undefined : await response.json()));
      } catch (thrown) {
        const error = errorFrom(thrown);
        if (attempt > 1 && error.code === settled)
          return undefined as T;
        await this.again(error, attempt, signal);
      }
    }
  }

  /**
   * Waits before the next attempt.
   * @param failures how many attempts in a row failed
   * @param limit how many may
   * @param delay milliseconds before the second attempt
   * @throws the error, where no further attempt is to be made, and the signal's reason where nobody waits for it
   */
  async again(error: PasswindowError, failures: number, signal?: AbortSignal, limit = this.retry.maxOpenAttempts, delay = this.retry.baseDelay): Promise<void> {
    const asked = (error.retryAfter ?? 0) * 1000;
    signal?.throwIfAborted();
    if (!error.retryable || failures >= limit || asked > this.retry.maxAskedDelay)
      throw error;
    await pause(Math.max(asked, delayBefore(failures, delay, this.retry.maxDelay, this.timing.random())), this.timing, signal);
  }

  /** Runs what dies of its own silence. It ends even if the `fetch` it waits for ignores its signal. */
  #watched<T>(signal: AbortSignal | undefined, isPatient: boolean | undefined, work: (signal: AbortSignal, heard: () => void) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const own = new AbortController();
      let cancel = () => {};
      const end = (reason: unknown) => {
        own.abort(reason);
        reject(reason);
      };
      const leave = () => end(signal?.reason);
      const heard = () => {
        cancel();
        if (!isPatient)
          cancel = this.timing.after(this.retry.silence, () => end(errorFrom()));
      };
      if (signal?.aborted)
        return leave();
      signal?.addEventListener('abort', leave);
      heard();
      work(own.signal, heard)
        .then(resolve, reject)
        .finally(() => {
          signal?.removeEventListener('abort', leave);
          cancel();
        });
    });
  }
}

/**
 * Reads a body to its end, or until `onData` says that it has enough.
 * @param onData takes an event's data, and the wait before a reconnect in milliseconds, if the stream named one so far
 */
export async function readEvents(response: Response, signal: AbortSignal, heard: () => void, onData: (data: string, retry?: number) => boolean): Promise<void> {
  let hasEnough = false;
  const parser = new EventStreamParser(({ data }) => (hasEnough ||= signal.aborted || onData(data, parser.retry)));
  const reader = response.body?.getReader();
  // Where a body cannot be streamed (React Native), it comes at once.
  if (!reader)
    parser.push(new Uint8Array(await response.arrayBuffer()));
  try {
    while (reader && !hasEnough) {
      const { done, value } = await reader.read();
      if (done || signal.aborted)
        break;
      heard();
      parser.push(value);
    }
  } finally {
    reader?.cancel().catch(() => {});
  }
}
