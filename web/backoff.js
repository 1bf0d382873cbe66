/** The longest wait between two attempts, in milliseconds, unless the server asks for more. */
export const MaxDelay = 5000;

/** The shortest first wait, in milliseconds: a server's `retry: 0` must not make a busy loop. */
export const MinDelay = 100;

/** The longest wait that a server's `Retry-After` can ask for, in milliseconds. */
export const MaxAskedDelay = 30_000;

/**
 * How long to wait before the next attempt: doubling from `base`, capped, with jitter so that the viewers of a server
 * that restarts do not come back in one wave.
 * @param {number} failures how many attempts in a row failed; 1 or more
 * @param {number} base milliseconds before the second attempt
 * @param {() => number} random in [0, 1)
 * @param {number} [askedMs] the server's `Retry-After`
 */
export function delayBefore(failures, base, random, askedMs = 0) {
  const full = Math.min(MaxDelay, Math.max(base, MinDelay) * 2 ** Math.min(failures - 1, 20));
  return Math.max(full * (0.5 + random() / 2), Math.min(askedMs, MaxAskedDelay));
}
