import type { Conversation, ConversationEntry, ConversationPage } from './documents.js';
import type { Wire } from './wire.js';

export interface ListOptions {
  /** The `next_cursor` of the page before. */
  cursor?: string;
  /** 1 to 100; default 20. */
  limit?: number;
  /** Finds titles, messages and answers. */
  q?: string;
  signal?: AbortSignal;
}

/** The caller's own conversations. Each of these requests is repeated by itself when it was not answered. */
export class Conversations {
  readonly #wire: Wire;

  /** @internal */
  constructor(wire: Wire) {
    this.#wire = wire;
  }

  /** A page of the list, newest first. */
  list({ signal, ...query }: ListOptions = {}): Promise<ConversationPage> {
    const asked = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    return this.#wire.call({ path: `/conversations?${asked.join('&')}` }, signal);
  }

  /** One conversation with its messages, and its running turn if there is one. */
  get(id: string, signal?: AbortSignal): Promise<Conversation> {
    return this.#wire.call({ path: pathOf(id) }, signal);
  }

  rename(id: string, title: string): Promise<ConversationEntry> {
    return this.#wire.call({ method: 'PATCH', path: pathOf(id), body: { title } });
  }

  /** Deletes it with its journal; a running turn is stopped first. */
  delete(id: string): Promise<void> {
    return this.#wire.call({ method: 'DELETE', path: pathOf(id) }, undefined, 'not_found');
  }
}

const pathOf = (id: string) => `/conversations/${encodeURIComponent(id)}`;
