import type { Timing } from '../src/index.js';

/** From here on a timer watches over silence, and does not wait before an attempt. */
const Silence = 20_000;

/** Time that passes when the test says so: a wait between attempts is over at once, a silence only by `fallSilent`. */
export class HandTiming implements Timing {
  /** The waits before attempts, in milliseconds, in their order. */
  readonly waits: number[] = [];

  /** What is waited for in these waits: none ends before this does. */
  hold: Promise<void> | undefined;

  chance = 1;

  readonly #silences = new Set<() => void>();

  random(): number {
    return this.chance;
  }

  after(ms: number, run: () => void): () => void {
    if (ms >= Silence) {
      this.#silences.add(run);
      return () => this.#silences.delete(run);
    }

    this.waits.push(ms);
    let isOff = false;
    void (this.hold ?? new Promise(setImmediate)).then(() => isOff || run());
    return () => (isOff = true);
  }

  /** Lets everything that is watched be silent for too long. */
  fallSilent(): void {
    for (const run of [...this.#silences])
      run();
  }
}
