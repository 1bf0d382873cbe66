import type { ChatTransport, UIMessage, UIMessageChunk } from 'ai';
import type { PasswindowClient } from '../client.js';
import type { Approval, AssistantMessage, ToolDeclaration, ToolResult, TurnRequest } from '../documents.js';
import { PasswindowError } from '../error.js';
import type { TurnEvent } from '../events.js';
import type { Turn } from '../turn.js';
import { ChunkWriter } from './chunks.js';

export interface PasswindowChatTransportOptions {
  client: PasswindowClient;
  model?: string | undefined;
  /** Tools that the client runs, by `onToolCall` and `addToolResult`. */
  tools?: readonly ToolDeclaration[] | undefined;
  /** Whether the chat's `stop` stops the turn, for everybody, or the watching alone. Default true. */
  stopsTurn?: boolean | undefined;
}

/** A turn that is being told to a chat. */
interface Telling {
  turn: Turn;
  events: AsyncIterator<TurnEvent>;
  writer: ChunkWriter;
}

type Part = { type: string; toolCallId?: string; state?: string; output?: unknown; errorText?: string; approval?: { id: string; approved?: boolean; reason?: string } };

/** The transport of a chat of the Vercel AI SDK. The chat's id is the conversation's. */
export class PasswindowChatTransport<Message extends UIMessage = UIMessage> implements ChatTransport<Message> {
  readonly #options: PasswindowChatTransportOptions;
  readonly #ownTools: ReadonlySet<string>;

  /** Turns that wait for a person. They are watched meanwhile: the server ends a turn that nobody watches. */
  readonly #waiting = new Map<string, Telling>();

  constructor(options: PasswindowChatTransportOptions) {
    this.#options = options;
    this.#ownTools = new Set(options.tools?.map(({ name }) => name));
  }

  readonly sendMessages: ChatTransport<Message>['sendMessages'] = async ({ trigger, chatId, messageId, messages, abortSignal, body, metadata }) => {
    const last = messages.at(-1);
    const parts = (last?.parts ?? []) as Part[];
    const waiting = this.#waiting.get(chatId);
    if (last?.role === 'assistant' && waiting)
      return this.#answer(chatId, waiting, parts, abortSignal);

    const { client, model, tools } = this.#options;
    const options = { signal: this.#options.stopsTurn === false ? abortSignal : undefined };
    const asked = { ...(model && { model }), ...(body as Partial<TurnRequest>) };
    if (last?.role === 'assistant') {
      const { turnId, results } = await this.#results(chatId, parts);
      return this.#open(chatId, client.sendToolResults(turnId, results, options), abortSignal, true);
    }

    // A place in the conversation is the number of the person's message: the ids here are the chat's own.
    const place = messages.filter(({ role }) => role === 'user').length;
    if (trigger === 'regenerate-message')
      return this.#open(chatId, client.regenerate(await this.#turnAt(chatId, place), asked, options), abortSignal);
    const request: TurnRequest = {
      message: textOf(parts),
      conversation_id: chatId,
      ...(tools && { tools }),
      ...(messageId !== undefined && { replaces: await this.#turnAt(chatId, place) }),
      ...(metadata !== undefined && { metadata: metadata as Record<string, unknown> }),
      ...asked,
    };
    return this.#open(chatId, client.send(request, options), abortSignal);
  };

  readonly reconnectToStream: ChatTransport<Message>['reconnectToStream'] = async ({ chatId }) => {
    try {
      const turn = await this.#options.client.resume(chatId);
      return turn ? this.#tell(chatId, this.#telling(turn, false), [], undefined) : null;
    } catch (error) {
      if (error instanceof PasswindowError && error.code === 'not_found')
        return null; // a conversation that nobody has begun
      throw error;
    }
  };

  async #open(chatId: string, turn: Turn, signal: AbortSignal | undefined, isContinuation = false): Promise<ReadableStream<UIMessageChunk>> {
    const stop = () => this.#stop(turn);
    signal?.addEventListener('abort', stop, { once: true });
    await turn.opened();
    signal?.removeEventListener('abort', stop);
    return this.#tell(chatId, this.#telling(turn, isContinuation), [], signal);
  }

  #telling(turn: Turn, isContinuation: boolean): Telling {
    return { turn, events: turn[Symbol.asyncIterator](), writer: new ChunkWriter(this.#ownTools, isContinuation) };
  }

  /** The chunks of a turn, up to its end or to where it waits for a person. */
  #tell(chatId: string, telling: Telling, first: readonly UIMessageChunk[], signal: AbortSignal | undefined): ReadableStream<UIMessageChunk> {
    const { turn, events, writer } = telling;
    return new ReadableStream<UIMessageChunk>({
      start: (controller) => {
        const leave = () => {
          this.#stop(turn);
          controller.error(signal!.reason);
        };
        first.forEach((chunk) => controller.enqueue(chunk));
        if (signal?.aborted)
          leave();
        signal?.addEventListener('abort', leave, { once: true });
      },
      // It is asked once for each chunk that is wanted, and not again after an event that gave none.
      pull: async (controller) => {
        for (let chunks: UIMessageChunk[] = []; chunks.length === 0; ) {
          const { done, value } = await events.next();
          if (signal?.aborted)
            return;
          if (done)
            return controller.close();
          const waits = value.type === 'tool_call' && value.approval === 'required';
          chunks = [...writer.write(value), ...(waits ? writer.pause() : [])];
          chunks.forEach((chunk) => controller.enqueue(chunk));
          if (!waits)
            continue;
          this.#waiting.set(chatId, telling);
          controller.close();
        }
      },
      cancel: () => turn.abort(),
    });
  }

  #stop(turn: Turn): void {
    if (this.#options.stopsTurn !== false)
      turn.stop().catch(() => {}); // the end that comes says whether it was heard
  }

  async #answer(chatId: string, waiting: Telling, parts: readonly Part[], signal: AbortSignal | undefined): Promise<ReadableStream<UIMessageChunk>> {
    const approvals = parts.flatMap(({ state, approval }): Approval[] =>
      state === 'approval-responded' && approval ? [{ id: approval.id, approved: approval.approved === true, ...(approval.reason && { reason: approval.reason }) }] : [],
    );
    const owed = new Set(waiting.turn.state.parts.flatMap((part) => (part.type === 'tool' && part.status === 'waiting' ? [part.id] : [])));
    await this.#options.client.approve(waiting.turn.id!, approvals.filter(({ id }) => owed.has(id)), signal);
    this.#waiting.delete(chatId);
    return this.#tell(chatId, waiting, waiting.writer.resume(), signal);
  }

  /** What the client's tools gave, for the calls that the conversation waits for. */
  async #results(chatId: string, parts: readonly Part[]): Promise<{ turnId: string; results: ToolResult[] }> {
    const { messages } = await this.#options.client.conversations.get(chatId);
    const { turn_id, tool_calls = [] } = messages.at(-1) as AssistantMessage;
    const owed = tool_calls.filter((call) => !('result' in call) && !('error' in call));
    const results = owed.map(({ id }): ToolResult => {
      const { output, errorText } = parts.find(({ toolCallId }) => toolCallId === id) ?? {};
      return errorText === undefined ? { id, result: output ?? null } : { id, error: errorText };
    });
    return { turnId: turn_id, results };
  }

  async #turnAt(chatId: string, place: number): Promise<string> {
    const { messages } = await this.#options.client.conversations.get(chatId);
    const turn = messages.filter(({ role }) => role === 'user')[place - 1]?.turn_id;
    if (turn === undefined)
      throw new PasswindowError('not_found', 'The conversation has no such message.');
    return turn;
  }
}

function textOf(parts: readonly Part[]): string {
  if (parts.some(({ type }) => type === 'file'))
    throw new PasswindowError('invalid_request', 'Files cannot be sent.');
  return parts.map((part) => (part.type === 'text' ? (part as unknown as { text: string }).text : '')).join('');
}
