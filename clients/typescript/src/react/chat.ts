import type { PasswindowClient, SendOptions } from '../client.js';
import type { ToolDeclaration, ToolResult, TurnRequest } from '../documents.js';
import { PasswindowError } from '../error.js';
import { tell, type TurnHandlers } from '../handlers.js';
import { emptyTurn, textOf } from '../reduce.js';
import type { Turn } from '../turn.js';
import { answered, assistantMessage, messagesOf, userMessage, type ChatMessage } from './message.js';

/** `submitted`: asked, and nothing said yet. */
export type ChatStatus = 'ready' | 'submitted' | 'streaming' | 'error';

/** What is shown of a conversation at one moment. */
export interface ChatSnapshot {
  /** The conversation; absent before a new one has its name. */
  readonly id: string | undefined;
  readonly messages: readonly ChatMessage[];
  readonly status: ChatStatus;
  readonly error: PasswindowError | undefined;
}

export interface ChatOptions extends TurnHandlers {
  model?: string | undefined;
  /** Tools that this client runs: answer their calls with `addToolResult`. */
  tools?: readonly ToolDeclaration[] | undefined;
  /** Called when an answer has ended, however it ended. */
  onFinish?: ((message: ChatMessage) => void) | undefined;
}

export interface SendMessage {
  text: string;
  /** A message of the person's own that this one takes the place of, with all that came after it. */
  messageId?: string;
  metadata?: Record<string, unknown>;
}

/** One conversation as a page keeps it, of whatever framework: `subscribe` and `snapshot` are what React's `useSyncExternalStore` asks for. */
export class Chat {
  #snapshot: ChatSnapshot;
  #turn: Turn | undefined;
  #begun = 0;
  #attached = new AbortController();
  readonly #given = new Map<string, ToolResult>();
  readonly #client: PasswindowClient;
  readonly #options: () => ChatOptions;
  readonly #listeners = new Set<() => void>();

  /** @param options asked for with each turn, so that handlers may change */
  constructor(client: PasswindowClient, id: string | undefined, messages: readonly ChatMessage[], options: () => ChatOptions) {
    this.#client = client;
    this.#options = options;
    this.#snapshot = { id, messages, status: 'ready', error: undefined };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): ChatSnapshot => this.#snapshot;

  /** Begins to watch: see `resumeStream`. Undone by `detach`. */
  attach(): void {
    this.#attached = new AbortController();
    if (this.#turn)
      this.#show({ status: 'ready' });
    this.#turn = undefined;
    void this.resumeStream();
  }

  /** Stops watching. The turn goes on. */
  detach(): void {
    this.#attached.abort();
  }

  /** Reads the conversation and watches its running turn, from its first event, if there is one. */
  readonly resumeStream = async (): Promise<void> => {
    const { id } = this.#snapshot;
    if (id === undefined || this.#turn)
      return;
    const begun = this.#begun;
    try {
      const conversation = await this.#client.conversations.get(id, this.#attached.signal);
      const { messages } = this.#snapshot;
      const stored = messagesOf(conversation);
      if (this.#begun !== begun) // something was said meanwhile
        return this.#show({ messages: [...stored.filter(({ turn_id }) => messages.every((each) => each.turn_id !== turn_id)), ...messages] });
      this.#show({ messages: stored.map((message) => ({ ...message, id: messages.find((each) => each.role === message.role && each.turn_id === message.turn_id)?.id ?? message.id })) });
      if (conversation.turn_id)
        await this.#watch((options) => this.#client.follow(conversation.turn_id!, options));
    } catch (error) {
      this.#fail(error);
    }
  };

  /** Says something. Resolves when the answer has ended; what goes wrong is in `error`. */
  readonly sendMessage = async (message: string | SendMessage): Promise<void> => {
    const { text, messageId, metadata } = typeof message === 'string' ? ({ text: message } as SendMessage) : message;
    const { messages, id } = this.#snapshot;
    const at = messageId === undefined ? messages.length : messages.findIndex((each) => each.id === messageId);
    const replaces = messages[at]?.turn_id;
    await this.#send({ message: text, ...(id !== undefined && { conversation_id: id }), ...(replaces && { replaces }), ...(metadata && { metadata }) }, newId(), at);
  };

  /** Answers the last message of the person again, or the one before the given answer. One that never reached the server is sent again. */
  readonly regenerate = async ({ messageId }: { messageId?: string } = {}): Promise<void> => {
    const { messages, id } = this.#snapshot;
    const end = messageId === undefined ? messages.length : messages.findIndex((each) => each.id === messageId) + 1;
    const at = messages.slice(0, end).findLastIndex(({ role }) => role === 'user');
    const asked = messages[at];
    if (!asked)
      return;
    const { model } = this.#options();
    if (asked.turn_id)
      await this.#watch((options) => this.#client.regenerate(asked.turn_id!, model ? { model } : {}, options), (all) => all.slice(0, at + 1));
    else
      await this.#send({ message: textOf(asked), ...(id !== undefined && { conversation_id: id }), ...(asked.metadata && { metadata: asked.metadata }) }, asked.id, at);
  };

  /** Stops the turn, for everybody who watches it. */
  readonly stop = async (): Promise<void> => {
    await this.#turn?.stop().catch((error: unknown) => this.#fail(error));
  };

  readonly setMessages = (messages: readonly ChatMessage[] | ((messages: readonly ChatMessage[]) => readonly ChatMessage[])): void => {
    this.#show({ messages: typeof messages === 'function' ? messages(this.#snapshot.messages) : messages });
  };

  readonly clearError = (): void => {
    this.#show({ error: undefined, status: this.#turn ? this.#snapshot.status : 'ready' });
  };

  /** Gives what one of the client's own tools gave. Once all calls of the turn are answered, the conversation goes on. */
  readonly addToolResult = async (given: { toolCallId: string; output: unknown } | { toolCallId: string; errorText: string }): Promise<void> => {
    this.#given.set(given.toolCallId, 'errorText' in given ? { id: given.toolCallId, error: given.errorText } : { id: given.toolCallId, result: given.output });
    await this.#goOn();
  };

  /** Says a person's yes or no to a call that waits for it. */
  readonly addToolApprovalResponse = async ({ id, ...answer }: { id: string; approved: boolean; reason?: string }): Promise<void> => {
    const turnId = this.#turn?.id;
    if (turnId)
      await this.#client.approve(turnId, [{ id, ...answer }]).catch((error: unknown) => this.#fail(error));
  };

  async #send(request: TurnRequest, key: string, at: number): Promise<void> {
    const { model, tools } = this.#options();
    const asked = { ...request, ...(model && { model }), ...(tools && { tools }) };
    await this.#watch(
      (options) => this.#client.send(asked, { ...options, idempotencyKey: key }),
      (messages) => [...messages.slice(0, at), userMessage(key, request.message, { metadata: request.metadata })],
    );
  }

  /** Watches a turn to its end, and shows it as the last message. */
  async #watch(begin: (options: SendOptions) => Turn, before: (messages: readonly ChatMessage[]) => readonly ChatMessage[] = (messages) => messages): Promise<void> {
    const { signal } = this.#attached;
    const { onFinish, ...handlers } = this.#options();
    const id = newId();
    this.#begun++;
    this.#show({ messages: [...before(this.#snapshot.messages), assistantMessage(id)], status: 'submitted', error: undefined });
    const turn = (this.#turn = begin({ ...handlers, signal, onEvent: (event) => (this.#take(turn, id), tell(handlers.onEvent, event)) }));
    let error: unknown;
    try {
      await turn.finished;
    } catch (thrown) {
      error = thrown;
    }

    if (this.#turn !== turn)
      return; // another took its place
    this.#turn = undefined;
    if (turn.state === emptyTurn)
      this.setMessages((messages) => messages.filter((message) => message.id !== id));
    if (error !== undefined)
      return this.#fail(error);
    const { error: told } = turn.state;
    this.#show(told ? { status: 'error', error: new PasswindowError(told.code, told.message, told) } : { status: 'ready' });
    tell(onFinish, assistantMessage(id, turn.state));
    await this.#goOn();
  }

  #take({ state }: Turn, id: string): void {
    const { messages } = this.#snapshot;
    this.#show({
      id: state.conversation_id ?? this.#snapshot.id,
      status: state.parts.length > 0 ? 'streaming' : 'submitted',
      messages: messages.map((message, index) => {
        if (message.id === id)
          return assistantMessage(id, state);
        // The message that is answered has its turn's name from now on.
        return message.role === 'user' && messages[index + 1]?.id === id ? { ...message, turn_id: state.turn_id } : message;
      }),
    });
  }

  /** Goes on where a turn ended for the client's tools, once all of them have answered. */
  async #goOn(): Promise<void> {
    const { turn, turn_id } = this.#snapshot.messages.at(-1) ?? {};
    const owed = turn?.parts.flatMap((part) => (part.type === 'tool' && part.status === 'called' ? [part.id] : [])) ?? [];
    if (this.#turn || turn?.finish_reason !== 'tool_calls' || !owed.every((id) => this.#given.has(id)))
      return;
    const results = owed.map((id) => this.#given.get(id)!);
    this.#given.clear();
    await this.#watch(
      (options) => this.#client.sendToolResults(turn_id!, results, options),
      (messages) => messages.map((message) => (message.turn_id === turn_id ? answered(message, results) : message)),
    );
  }

  #fail(error: unknown): void {
    // Who turned away is told nothing; a conversation that nobody has begun is no error.
    if (error instanceof PasswindowError && error.code !== 'not_found')
      this.#show({ status: 'error', error });
    else if (!this.#turn)
      this.#show({ status: 'ready' });
  }

  #show(change: Partial<ChatSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    for (const listener of this.#listeners)
      listener();
  }
}

// The page's own names: also the idempotency key of what is sent.
const newId = () => crypto.getRandomValues(new Uint32Array(4)).join('-');
