/**
 * @typedef {object} Surroundings what a test replaces
 * @property {typeof fetch} fetch
 * @property {(ms: number, run: () => void) => () => void} after runs once after so many milliseconds; the result calls it off
 * @property {() => number} random
 */

/** @type {Surroundings} */
export const browser = {
  fetch: (input, init) => globalThis.fetch(input, init),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  random: Math.random,
};
