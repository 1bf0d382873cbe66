/** Time and chance, replaceable so that a test need not wait for either. */
export interface Timing {
  /** Runs something once after so many milliseconds; the result calls it off. */
  after(ms: number, run: () => void): () => void;
  /** A number in [0, 1). */
  random(): number;
}

/** The platform's own. */
export const platformTiming: Timing = {
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  random: Math.random,
};
