import { Store } from '../shared/store';
import { Reading } from './reading';
import { merge, partViewers, type TimedEvent, type Timeline, type ViewerTimes } from './timeline';

/** How often (milliseconds) the times of a running turn are asked for. */
const Interval = 500;

export interface InspectionState {
  timeline: Timeline | undefined;
  /** Whether there are times: `asked` until that is known. */
  times: 'asked' | 'kept' | 'none';
  events: readonly TimedEvent[];
  /** Who watched it while it ran. */
  viewers: readonly ViewerTimes[];
  /** How many read it afterwards. */
  later: number;
  dialects: readonly string[];
  /** The dialect that is shown. */
  shown: Reading;
}

/** What the page knows of one turn. The native events are always read, since the times name them; another dialect beside them when it is chosen. */
export class Inspection extends Store<InspectionState> {
  readonly native: Reading;
  readonly #readings = new Map<string, Reading>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly turn: string) {
    const native = new Reading(turn, 'native');
    super({ timeline: undefined, times: 'asked', events: [], viewers: [], later: 0, dialects: ['native'], shown: native });
    this.native = native;
    this.#readings.set('native', native);
  }

  start() {
    // A page that nobody sees watches nothing.
    document.addEventListener('visibilitychange', () => (document.hidden ? this.#leave() : this.#look()));
    onceOver(this.native, () => this.#merge(this.state.timeline));
    void this.#listDialects();
    if (!document.hidden)
      this.#look();
  }

  choose(dialect: string) {
    const before = this.state.shown;
    if (before.dialect === dialect)
      return;
    if (before !== this.native)
      before.leave();
    const reading = this.#readings.get(dialect) ?? new Reading(this.turn, dialect);
    this.#readings.set(dialect, reading);
    this.change({ shown: reading });
    reading.start();
  }

  #look() {
    this.native.start();
    this.state.shown.start();
    clearTimeout(this.#timer);
    void this.#time();
  }

  #leave() {
    clearTimeout(this.#timer);
    this.native.leave();
    this.state.shown.leave();
  }

  async #time() {
    let again = true;
    try {
      const response = await fetch(`/chat/turns/${encodeURIComponent(this.turn)}/timeline`, { cache: 'no-store' });
      if (response.ok) {
        const timeline: Timeline = await response.json();
        again = !timeline.ended || !this.state.timeline?.ended; // once more after its end: the last is still being sent
        this.#merge(timeline);
      } else if (response.status < 500 && response.status !== 429) {
        again = false;
        this.change({ times: 'none' });
      }
    } catch {
      // No network: the next one may come through.
    }
    if (again && !document.hidden)
      this.#timer = setTimeout(() => void this.#time(), Interval);
  }

  #merge(timeline: Timeline | undefined) {
    const { watched, later } = timeline ? partViewers(timeline) : { watched: [], later: 0 };
    const events = merge(this.native.state.frames, timeline, watched);
    this.change({ timeline, events, viewers: watched, later, times: timeline ? 'kept' : this.state.times });
  }

  /** The server's own list, so that none is missing here. */
  async #listDialects() {
    try {
      const { components } = await (await fetch('/openapi.json')).json();
      const names = components.parameters.dialect.schema.enum;
      if (Array.isArray(names))
        this.change({ dialects: names.map(String) });
    } catch {
      // Then there is the native one.
    }
  }
}

/** Calls back once the reading is over: the frames are complete then. */
function onceOver(reading: Reading, over: () => void) {
  const stop = reading.subscribe(() => {
    if (reading.state.status === 'reading')
      return;
    stop();
    over();
  });
}
