import { PasswindowError, type ConversationEntry, type SendOptions, type Turn, type TurnOptions, type TurnRequest } from 'passwindow';
import { emptyTurn } from 'passwindow';
import { perform } from '../shared/actions';
import { client, newId } from '../shared/client';
import { onFrame } from '../shared/frame';
import { keepDraft, recallDraft } from '../shared/kept';
import { Store } from '../shared/store';
import { exchangesOf, type Exchange } from './exchange';

export interface ConversationState {
  /** Where it stands with the server: `new` has nothing there yet. */
  readonly phase: 'new' | 'loading' | 'ready' | 'gone' | 'failed';
  readonly exchanges: readonly Exchange[];
  /** The key of the exchange that is being answered. */
  readonly live?: string | undefined;
  readonly isStopping: boolean;
  /** The connection broke and is being taken up again. */
  readonly isLost: boolean;
  /** What could not be done, with what would do it again. */
  /** A message that could not be sent goes back to where it was typed. */
  readonly returned?: string | undefined;
  readonly problem?: { readonly error: PasswindowError; readonly again?: (() => void) | undefined } | undefined;
}

/** What a conversation tells those around it. */
export interface Surroundings {
  /** A turn began here, or something else of it changed that other pages show. */
  onChange(conversation: string, turn?: string): void;
}

const idle = { live: undefined, isStopping: false, isLost: false };

/** One conversation as this page knows it: its turns, sent once, followed to their end, and found again wherever they were begun. */
export class ConversationStore extends Store<ConversationState> {
  readonly id: string;
  readonly #surroundings: Surroundings;
  /** The turn that is followed. */
  #turn: Turn | undefined;
  /** When its last turn began, as the server says. */
  #updatedAt = 0;
  #loading: Promise<void> | undefined;
  readonly #paint = onFrame(() => this.#show());

  constructor(id: string, isNew: boolean, surroundings: Surroundings) {
    super({ phase: isNew ? 'new' : 'loading', exchanges: [], ...idle });
    this.id = id;
    this.#surroundings = surroundings;
    if (!isNew)
      void this.load();
  }

  get isLive(): boolean {
    return this.#turn !== undefined;
  }

  /** Brings it to where the server is, and follows the turn that runs. */
  load(): Promise<void> {
    return (this.#loading ??= this.#load().finally(() => (this.#loading = undefined)));
  }

  /** Looks whether the list of conversations tells of something that this page has not seen. */
  notice({ updated_at, turn_id }: ConversationEntry) {
    const unseen = turn_id !== undefined && turn_id !== this.#turn?.id && !this.state.exchanges.some((exchange) => exchange.turn === turn_id);
    if (!this.isLive && this.state.phase !== 'loading' && (unseen || Date.parse(updated_at) > this.#updatedAt))
      void this.load();
  }

  /** @param replaces the turn in whose place this message is asked */
  send(message: string, model: string | undefined, replaces?: string) {
    if (this.isLive)
      return;
    // The same text after a failure without an answer goes with the same key: had it arrived after all, the server joins the same turn.
    const kept = recallDraft(this.id);
    const key = (kept?.text === message && kept.key) || newId('k_');
    keepDraft(this.id, { text: message, key });
    const request: TurnRequest = { message, conversation_id: this.id, ...(model && { model }), ...(replaces && { replaces }) };
    this.#begin(message, replaces, (options) => client.send(request, { ...options, idempotencyKey: key }), () => this.send(message, model, replaces));
  }

  /** Asks the same again, in the place of the answer that there is. */
  regenerate(turn: string, model: string | undefined) {
    const question = this.state.exchanges.find((exchange) => exchange.turn === turn)?.question;
    if (!this.isLive && question !== undefined)
      this.#begin(question, turn, (options) => client.regenerate(turn, model ? { model } : {}, options), () => this.regenerate(turn, model));
  }

  async stop() {
    const turn = this.#turn;
    if (!turn || this.state.isStopping)
      return;
    this.change({ isStopping: true });
    try {
      await turn.stop();
    } catch (error) {
      if (this.#turn === turn)
        this.change({ isStopping: false, problem: { error: asError(error), again: () => this.stop() } });
    }
  }

  async approve(turn: string, id: string, approved: boolean) {
    try {
      await client.approve(turn, [{ id, approved }]);
    } catch (error) {
      this.change({ problem: { error: asError(error), again: () => this.approve(turn, id, approved) } });
    }
  }

  dismiss() {
    this.change({ problem: undefined });
  }

  /** Stops watching, not the turn. */
  leave() {
    this.#turn?.abort();
    this.#turn = undefined;
  }

  async #load() {
    try {
      const document = await client.conversations.get(this.id);
      this.#updatedAt = Date.parse(document.updated_at);
      if (this.isLive)
        return; // the person was faster
      const exchanges = exchangesOf(document, this.state.exchanges);
      // A draft that arrived after all is no draft any more.
      if (recallDraft(this.id)?.key !== undefined && recallDraft(this.id)?.text === exchanges.findLast((exchange) => exchange.question)?.question)
        keepDraft(this.id, undefined);
      this.change({ phase: 'ready', exchanges, problem: undefined });
      if (document.turn_id !== undefined)
        void this.#follow(exchanges.find((exchange) => exchange.turn === document.turn_id)!.key, (options) => client.follow(document.turn_id!, options));
    } catch (thrown) {
      const error = asError(thrown);
      if (error.status === 404)
        this.change({ phase: this.state.phase === 'loading' && recallDraft(this.id) ? 'new' : 'gone', exchanges: [] });
      else if (this.state.phase === 'loading')
        this.change({ phase: 'failed', problem: { error, again: () => this.#retryLoad() } });
    }
  }

  #retryLoad() {
    this.change({ phase: 'loading', problem: undefined });
    void this.load();
  }

  #begin(question: string, replaces: string | undefined, start: (options: SendOptions) => Turn, again: () => void) {
    const key = newId('x_');
    const before = this.state.exchanges;
    const from = replaces === undefined ? -1 : before.findIndex((exchange) => exchange.turn === replaces);
    const kept = from < 0 ? before : before.slice(0, from);
    this.change({ phase: 'ready', exchanges: [...kept, { key, question, answer: emptyTurn, phase: 'asked' }], returned: undefined, problem: undefined });
    void this.#follow(key, start, (error) => {
      // Refused before it began: what was there is there again, and the text goes back to where it was typed.
      if (error.code !== 'network')
        keepDraft(this.id, replaces === undefined ? { text: question } : undefined);
      const phase = before.length === 0 && this.#updatedAt === 0 ? 'new' : 'ready';
      this.change({ exchanges: before, phase, returned: replaces === undefined ? question : undefined, problem: { error, again } });
      if (error.code === 'turn_active')
        void this.load();
    });
  }

  /** Shows a turn from its first event to its end. */
  async #follow(key: string, start: (options: TurnOptions) => Turn, onRefused?: (error: PasswindowError) => void) {
    const turn: Turn = start({
      onEvent: (event) => {
        if (event.type === 'action' && turn.id)
          perform(event, turn.id);
        if (event.type === 'start')
          this.#started(turn, event.turn_id, event.created_at, onRefused !== undefined);
        this.#paint();
      },
      onConnection: (state) => this.#turn === turn && this.change({ isLost: state === 'lost' }),
    });
    this.#turn = turn;
    this.change({ live: key, isStopping: false, isLost: false });
    this.#edit(key, { phase: 'live' });

    let failure: PasswindowError | undefined;
    try {
      await turn.finished;
    } catch (error) {
      failure = asError(error);
    }
    if (this.#turn !== turn)
      return; // left
    this.#show();
    this.#turn = undefined;
    this.change(idle);
    if (failure && turn.id === undefined && onRefused) {
      onRefused(failure);
      return;
    }

    this.#edit(key, { phase: 'over', failure });
    this.#surroundings.onChange(this.id);
    // Others waited for it.
    if (this.state.exchanges.some((exchange) => exchange.phase === 'asked'))
      void this.load();
  }

  #started(turn: Turn, id: string, createdAt: string, isOwn: boolean) {
    if (this.#turn !== turn)
      return;
    this.#updatedAt = Math.max(this.#updatedAt, Date.parse(createdAt));
    this.#edit(this.state.live!, { turn: id });
    if (!isOwn)
      return;
    keepDraft(this.id, undefined);
    this.#surroundings.onChange(this.id, id);
  }

  #show() {
    if (this.#turn && this.state.live)
      this.#edit(this.state.live, { answer: this.#turn.state });
  }

  #edit(key: string, patch: Partial<Exchange>) {
    const { exchanges } = this.state;
    const index = exchanges.findLastIndex((exchange) => exchange.key === key);
    if (index >= 0)
      this.change({ exchanges: exchanges.with(index, { ...exchanges[index]!, ...patch }) });
  }
}

function asError(thrown: unknown): PasswindowError {
  return thrown instanceof PasswindowError ? thrown : new PasswindowError('internal', 'Something went wrong on this page.', { cause: thrown });
}
