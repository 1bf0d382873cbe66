import type { Timing } from './timing.js';

/** How often and how fast a client tries again. All times are milliseconds. */
export interface RetryOptions {
  /** Attempts in a row to take up a turn that broke off, none of which brought an event. Default 60: some five minutes. */
  maxAttempts?: number;
  /** Attempts to have a request answered at all. Default 5: some eight seconds. */
  maxOpenAttempts?: number;
  /** The wait before the second attempt, where the server names none; it doubles from there. Default 500. */
  baseDelay?: number;
  /** The longest wait, unless the server asks for more. Default 5000. */
  maxDelay?: number;
  /** The longest `Retry-After` that is waited for; a request that is told to wait longer fails. Default 30,000. */
  maxAskedDelay?: number;
  /** A connection silent for so long is dead. Default 25,000: the server breaks every silence after 10 s. */
  silence?: number;
}

export const defaultRetry: Required<RetryOptions> = {
  maxAttempts: 60,
  maxOpenAttempts: 5,
  baseDelay: 500,
  maxDelay: 5000,
  maxAskedDelay: 30_000,
  silence: 25_000,
};

/** The shortest first wait: a server's `retry: 0` must not make a busy loop. */
const MinDelay = 100;

/**
 * How long to wait before the next attempt: doubling, capped, and spread over a half, so that the viewers of a server that restarts do not come
 * back in one wave.
 * @param failures how many attempts in a row failed; 1 or more
 * @param base milliseconds before the second attempt
 * @param chance in [0, 1)
 */
export function delayBefore(failures: number, base: number, maxDelay: number, chance: number): number {
  return Math.min(maxDelay, Math.max(base, MinDelay) * 2 ** (failures - 1)) * (0.5 + chance / 2);
}

/** Waits; ends at once when the signal is aborted or the network comes back. */
export function pause(ms: number, timing: Timing, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      signal?.removeEventListener('abort', end);
      globalThis.removeEventListener?.('online', end);
      resolve();
    };
    const cancel = timing.after(ms, end);
    signal?.addEventListener('abort', end);
    globalThis.addEventListener?.('online', end);
    if (signal?.aborted)
      end();
  });
}
