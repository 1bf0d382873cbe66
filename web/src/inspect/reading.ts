import { onFrame } from '../shared/frame';
import { Store } from '../shared/store';
import { FrameCutter, type Frame } from './frames';

/** How long (milliseconds) until a broken response is asked for again. */
const Wait = 1000;

export interface ReadingState {
  frames: readonly Frame[];
  /** Status line and headers, as far as a page may see them. */
  head: string;
  status: 'reading' | 'over' | 'refused';
  /** Why it was refused. */
  problem: string;
}

/** The frames of a turn in one dialect, from the first on. A response that breaks is read again from its start. */
export class Reading extends Store<ReadingState> {
  #frames: Frame[] = [];
  #abort: AbortController | undefined;
  readonly #show = onFrame(() => this.change({ frames: [...this.#frames] }));

  constructor(readonly turn: string, readonly dialect: string) {
    super({ frames: [], head: '', status: 'reading', problem: '' });
  }

  /** Whoever reads is a viewer: it is begun and left as the page is looked at or not. */
  start() {
    if (this.#abort || this.state.status !== 'reading')
      return;
    const abort = (this.#abort = new AbortController());
    void this.#readUntilOver(abort.signal);
  }

  leave() {
    this.#abort?.abort();
    this.#abort = undefined;
  }

  async #readUntilOver(signal: AbortSignal) {
    while (!signal.aborted) {
      try {
        return await this.#read(signal);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, Wait)); // broken: once more
      }
    }
  }

  async #read(signal: AbortSignal) {
    const response = await fetch(`/chat/turns/${encodeURIComponent(this.turn)}/events?dialect=${encodeURIComponent(this.dialect)}`, {
      headers: { Accept: 'text/event-stream' },
      cache: 'no-store',
      signal,
    });
    const head = [`HTTP ${response.status} ${response.statusText}`.trim(), ...[...response.headers].map(([name, value]) => `${name}: ${value}`)].join('\n');
    if (!response.ok) {
      const { detail, code } = await response.json().catch(() => ({}));
      this.change({ head, status: 'refused', problem: detail ?? code ?? `The server answers ${response.status}.` });
      return;
    }

    this.#frames = [];
    this.change({ head });
    const cutter = new FrameCutter();
    const decoder = new TextDecoder();
    for (const reader = response.body?.getReader(); reader; ) {
      const { done, value } = await reader.read();
      if (done)
        break;
      this.#frames.push(...cutter.cut(decoder.decode(value, { stream: true })));
      this.#show();
    }
    this.#frames.push(...cutter.end());
    this.change({ frames: [...this.#frames], status: 'over' });
  }
}
