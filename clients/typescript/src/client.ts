import { Conversations } from './conversations.js';
import type { Approval, StopReceipt, ToolResult, TurnRequest } from './documents.js';
import { stopTurn, Turn, type TurnOptions } from './turn.js';
import { Wire, type WireOptions } from './wire.js';

export interface ClientOptions extends WireOptions {
  /** Types of actions that are let through to handlers, loops and states. Default: none. */
  allowActions?: readonly string[] | 'all' | undefined;
}

export interface SendOptions extends TurnOptions {
  /** The same key with the same request is the same turn, also on another page and after a restart. Default: a new one. */
  idempotencyKey?: string | undefined;
  /** False asks for one answer when it is complete, and tells it as events then. Default true; a server that does not stream is understood too. */
  stream?: boolean | undefined;
}

/** A client of one Passwindow server. */
export class PasswindowClient {
  readonly conversations: Conversations;
  readonly #wire: Wire;
  readonly #allowActions: ClientOptions['allowActions'];

  constructor(options: ClientOptions = {}) {
    this.#wire = new Wire(options);
    this.#allowActions = options.allowActions;
    this.conversations = new Conversations(this.#wire);
  }

  /** Starts a turn. It is started once, whatever breaks. */
  send(request: string | TurnRequest, options: SendOptions = {}): Turn {
    return this.#post('', typeof request === 'string' ? { message: request } : request, options);
  }

  /** Starts a new turn for the same message, in the place of the old one. */
  regenerate(turnId: string, request: Pick<TurnRequest, 'model' | 'if_active'> = {}, options: SendOptions = {}): Turn {
    return this.#post(`${pathOf(turnId)}/regenerate`, request, options);
  }

  /** Answers all calls that a turn with `finish_reason` `tool_calls` left to the client; a new turn goes on from there. */
  sendToolResults(turnId: string, results: readonly ToolResult[], options: SendOptions = {}): Turn {
    return this.#post(`${pathOf(turnId)}/tool-results`, results, options);
  }

  /** Says a person's yes or no to calls that wait for it. The turn goes on. */
  async approve(turnId: string, approvals: readonly Approval[], signal?: AbortSignal): Promise<void> {
    await this.#wire.call({ method: 'POST', path: `${pathOf(turnId)}/approvals`, body: approvals }, signal, 'already_answered');
  }

  /**
   * Watches a turn that exists, from its first event or from after the one that was seen last.
   * @param options `after`: the `seq` of that event
   */
  follow(turnId: string, { after, ...options }: TurnOptions & { after?: number } = {}): Turn {
    // What the request would be is what is asked of any turn with a name.
    return this.#watch({ path: '' }, options, turnId, after);
  }

  /** Watches the turn that runs in a conversation, from its first event; nothing if none runs. */
  async resume(conversationId: string, options: TurnOptions = {}): Promise<Turn | undefined> {
    const turn = this.#watch({ path: `/conversations/${encodeURIComponent(conversationId)}/events`, accept: 'text/event-stream' }, options);
    return (await turn.opened()) ? turn : undefined;
  }

  /** Stops a turn, for everybody. To be told twice does no harm. */
  stop(turnId: string): Promise<StopReceipt> {
    return stopTurn(this.#wire, turnId);
  }

  #post(path: string, body: unknown, { idempotencyKey, stream, ...options }: SendOptions): Turn {
    const isPatient = stream === false;
    // Who prefers events says that one document will do.
    const accept = isPatient ? 'application/json' : 'text/event-stream, application/json;q=0.5';
    return this.#watch({ method: 'POST', path, body, accept, isPatient, key: idempotencyKey ?? this.#wire.newKey() }, options);
  }

  #watch(request: ConstructorParameters<typeof Turn>[1]['request'], options: TurnOptions, turnId?: string, after?: number): Turn {
    return new Turn(this.#wire, { request, turnId, after }, { allowActions: this.#allowActions, ...options });
  }
}

const pathOf = (turnId: string) => `/turns/${encodeURIComponent(turnId)}`;
