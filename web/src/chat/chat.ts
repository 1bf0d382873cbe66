import { keepDraft } from '../shared/kept';
import { newId } from '../shared/client';
import { Store } from '../shared/store';
import { ConversationStore } from './conversation';
import { ConversationList } from './conversationList';

/** The contract's form of an id; anything else in the address is not asked for. */
const Id = /^[A-Za-z0-9_-]{1,64}$/;

/** The page as a whole: which conversation is shown, those that are answered meanwhile, and what other tabs say. */
export class Chat extends Store<{ readonly current: ConversationStore }> {
  readonly list: ConversationList;
  readonly #kept: Map<string, ConversationStore>;
  readonly #tabs = new BroadcastChannel('passwindow');

  constructor() {
    const kept = new Map<string, ConversationStore>();
    super({ current: undefined as never });
    this.#kept = kept;
    this.list = new ConversationList((entry) => kept.get(entry.id)?.notice(entry));
    this.change({ current: this.#find(addressed()) });
    addEventListener('hashchange', () => this.#show(addressed()));
    addEventListener('popstate', () => this.#show(addressed()));
    this.#tabs.onmessage = ({ data }) => {
      const conversation = kept.get(data?.conversation);
      if (conversation && !conversation.isLive)
        void conversation.load();
      void this.list.refresh();
    };
    document.addEventListener('visibilitychange', () => document.hidden || this.list.refresh());
    void this.list.refresh();
  }

  /** Shows a conversation; without an id an empty one. */
  open(id?: string) {
    if (addressed() !== id)
      history.pushState(null, '', id === undefined ? location.pathname + location.search : `#${id}`);
    this.#show(id);
  }

  /** Sends a message in the conversation that is shown, which gets its address by it. */
  send(message: string, model: string | undefined, replaces?: string) {
    if (this.state.current.state.phase === 'gone')
      this.open(); // what was deleted does not come back under its name
    const { current } = this.state;
    if (addressed() !== current.id)
      history.pushState(null, '', `#${current.id}`);
    current.send(message, model, replaces);
  }

  async delete(id: string) {
    this.#kept.get(id)?.leave();
    await this.list.delete(id);
    this.#kept.delete(id);
    keepDraft(id, undefined);
    this.#tabs.postMessage({ conversation: id });
    if (this.state.current.id === id)
      this.open();
  }

  async rename(id: string, title: string) {
    await this.list.rename(id, title);
    this.#tabs.postMessage({});
  }

  #show(id: string | undefined) {
    const { current } = this.state;
    if (id === current.id || (id === undefined && current.state.phase === 'new' && addressed() === undefined && current.state.exchanges.length === 0))
      return;
    // One that is being answered is followed on: nobody watching would end its turn.
    if (!current.isLive)
      this.#kept.delete(current.id);
    this.change({ current: this.#find(id) });
  }

  #find(id: string | undefined): ConversationStore {
    const known = id === undefined ? undefined : this.#kept.get(id);
    if (known)
      return known;
    const conversation = new ConversationStore(id ?? newId('c_'), id === undefined, {
      onChange: (changed, turn) => {
        this.#tabs.postMessage({ conversation: changed, turn });
        void this.list.refresh();
      },
    });
    this.#kept.set(conversation.id, conversation);
    return conversation;
  }
}

function addressed(): string | undefined {
  const id = location.hash.slice(1);
  return Id.test(id) ? id : undefined;
}
