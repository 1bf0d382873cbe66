import type { ConversationEntry, PasswindowError } from 'passwindow';
import { client } from '../shared/client';
import { Store } from '../shared/store';

export interface ListState {
  readonly entries: readonly ConversationEntry[];
  readonly query: string;
  /** More can be had with it; absent on the last page. */
  readonly next?: string | undefined;
  readonly phase: 'loading' | 'ready' | 'failed';
  readonly problem?: PasswindowError | undefined;
}

/** How often (milliseconds) a visible page asks what is new, for turns that were begun on another device. */
const Pace = 5000;

/** The conversations at the side: newest first, found by words, kept up to date while somebody looks. */
export class ConversationList extends Store<ListState> {
  readonly #onEntry: (entry: ConversationEntry) => void;
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onEntry is told of each conversation at the top of the list, each time it is looked at */
  constructor(onEntry: (entry: ConversationEntry) => void) {
    super({ entries: [], query: '', phase: 'loading' });
    this.#onEntry = onEntry;
    document.addEventListener('visibilitychange', () => document.hidden || void this.refresh());
    addEventListener('online', () => void this.refresh());
  }

  search(query: string) {
    this.change({ query, phase: 'loading' });
    void this.refresh();
  }

  /** Asks again for the top of the list; what was loaded below it stays. */
  async refresh() {
    clearTimeout(this.#timer);
    const asked = ++this.#asked;
    const { query } = this.state;
    try {
      // A search that finds many conversations unread answers in short pages: it is asked on until there is one to show.
      let page = await client.conversations.list({ q: query, limit: 40 });
      for (let more = 0; query !== '' && page.conversations.length === 0 && page.next_cursor !== undefined && more < 20 && asked === this.#asked; more++)
        page = await client.conversations.list({ q: query, limit: 40, cursor: page.next_cursor });
      if (asked !== this.#asked)
        return;
      const last = page.conversations.at(-1)?.updated_at ?? '';
      const below = this.state.phase === 'ready' && page.next_cursor !== undefined ? this.state.entries.filter((entry) => Date.parse(entry.updated_at) < Date.parse(last)) : [];
      this.change({
        entries: [...page.conversations, ...below],
        next: below.length > 0 ? this.state.next : page.next_cursor,
        phase: 'ready',
        problem: undefined,
      });
      page.conversations.forEach(this.#onEntry);
    } catch (error) {
      if (asked === this.#asked && this.state.phase === 'loading')
        this.change({ phase: 'failed', problem: error as PasswindowError });
    }
    if (asked === this.#asked && !document.hidden)
      this.#timer = setTimeout(() => void this.refresh(), Pace);
  }

  async more() {
    const { next, query } = this.state;
    if (next === undefined)
      return;
    const page = await client.conversations.list({ q: query, cursor: next, limit: 40 }).catch(() => undefined);
    if (!page || this.state.query !== query)
      return;
    const known = new Set(this.state.entries.map((entry) => entry.id));
    this.change({ entries: [...this.state.entries, ...page.conversations.filter((entry) => !known.has(entry.id))], next: page.next_cursor });
  }

  async rename(id: string, title: string) {
    const entry = await client.conversations.rename(id, title);
    this.change({ entries: this.state.entries.map((each) => (each.id === id ? entry : each)) });
  }

  async delete(id: string) {
    await client.conversations.delete(id);
    this.change({ entries: this.state.entries.filter((each) => each.id !== id) });
  }
}
