import type { StopReceipt } from './documents.js';
import { PasswindowError } from './error.js';
import type { TurnEvent } from './events.js';
import { tell, tellEvent, type TurnHandlers } from './handlers.js';
import { emptyTurn, reduceTurn } from './reduce.js';
import type { TurnState } from './state.js';
import { errorOfEvent, Watch, type Opening } from './watch.js';
import type { Wire } from './wire.js';

export interface TurnOptions extends TurnHandlers {
  /** Aborted, it ends the watching, not the turn: see {@link Turn.abort}. */
  signal?: AbortSignal | undefined;
  /** Types of actions that are let through; all others are left out everywhere. Default: the client's. */
  allowActions?: readonly string[] | 'all' | undefined;
}

/**
 * One turn as a viewer sees it. It reads on by itself, whether or not somebody iterates: a loop over it sees all events from the first one on,
 * whenever it begins. The events are kept as long as this object is; a turn is finite.
 */
export class Turn implements AsyncIterable<TurnEvent> {
  /** What the events so far add up to. */
  state: TurnState = emptyTurn;

  /**
   * The state at the turn's end, however it ended: its `finish_reason` and `error` say how. Rejects with a {@link PasswindowError} if the turn was
   * refused or could not be followed to its end, and after an abort with the signal's reason.
   */
  readonly finished: Promise<TurnState>;

  readonly #wire: Wire;
  readonly #options: TurnOptions;
  readonly #watch: Watch;
  readonly #left = new AbortController();
  readonly #events: TurnEvent[] = [];
  readonly #waiting: (() => void)[] = [];
  #isOpen = false;
  #loops = 0;
  #isOver = false;

  /** @internal */
  constructor(wire: Wire, opening: Opening, options: TurnOptions) {
    this.#wire = wire;
    this.#options = options;
    this.#watch = new Watch(wire, opening, {
      onOpen: () => {
        this.#isOpen = true;
        tell(options.onConnection, 'open');
        this.#wake();
      },
      onLost: () => {
        tell(options.onConnection, 'lost');
        this.#wake();
      },
      onEvent: (event) => this.#take(event),
    });
    this.finished = this.#run();
    this.finished.catch(() => {}); // it is there for who wants it: nobody has to
  }

  /** The turn's id, once known. */
  get id(): string | undefined {
    return this.#watch.id;
  }

  /** The last event that was seen, whether it was let through or not; 0 before the first. */
  get lastSeq(): number {
    return this.#watch.lastSeq;
  }

  /**
   * Stops the turn, for everybody: the model is cut off at once, what it said is kept, and the end arrives as an event like any other. A turn that the
   * server has not named yet is stopped as soon as it has.
   * @returns the receipt; nothing if there was no turn to stop
   */
  async stop(): Promise<StopReceipt | undefined> {
    await this.#until(() => {
      // Not to be started only to be stopped.
      if (this.#watch.isIdle && !this.id)
        this.abort();
      return this.id;
    });
    return this.id ? stopTurn(this.#wire, this.id) : undefined;
  }

  /** Stops watching, here alone. The turn goes on; the server ends it once nobody has watched for a while. */
  abort(reason?: unknown): void {
    this.#left.abort(reason);
  }

  /** Whether there is such a turn, once the server has answered. Rejects as `finished` does. @internal */
  async opened(): Promise<boolean> {
    await this.#until(() => this.#isOpen);
    return this.#isOpen || (await this.finished, false);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TurnEvent, void, undefined> {
    this.#loops++;
    try {
      for (let at = 0; ; ) {
        await this.#until(() => at < this.#events.length);
        while (at < this.#events.length)
          yield this.#events[at++]!;
        if (this.#isOver)
          return void (await this.finished);
      }
    } finally {
      // Who breaks out of the last loop watches no more.
      if (--this.#loops === 0)
        this.abort();
    }
  }

  async #run(): Promise<TurnState> {
    const { signal, onError } = this.#options;
    const leave = () => this.abort(signal!.reason);
    signal?.addEventListener('abort', leave);
    if (signal?.aborted)
      leave();
    try {
      await this.#watch.run(this.#left.signal);
      return this.state;
    } catch (error) {
      if (error instanceof PasswindowError)
        tell(onError, error);
      throw error;
    } finally {
      this.#isOver = true;
      signal?.removeEventListener('abort', leave);
      this.#wake();
    }
  }

  #take(event: TurnEvent): void {
    const { allowActions = [] } = this.#options;
    if (event.type === 'action' && allowActions !== 'all' && !allowActions.includes(event.action.type))
      return;
    this.state = reduceTurn(this.state, event);
    this.#events.push(event);
    tellEvent(this.#options, event);
    if (event.type === 'error')
      tell(this.#options.onError, errorOfEvent(event));
    this.#wake();
  }

  /** Waits until something is so, or the watch is over. */
  async #until(isSo: () => unknown): Promise<void> {
    while (!isSo() && !this.#isOver)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0))
      resolve();
  }
}

/** Stops a turn; to be told twice does no harm. */
export function stopTurn(wire: Wire, turnId: string): Promise<StopReceipt> {
  return wire.call({ method: 'POST', path: `/turns/${encodeURIComponent(turnId)}/stop` });
}
