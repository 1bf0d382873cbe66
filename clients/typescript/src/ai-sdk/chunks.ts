import type { UIMessageChunk } from 'ai';
import type { ErrorEvent, FinishReason, TurnEvent } from '../events.js';

/** How the AI SDK calls the ends that it knows. */
const reasons: Partial<Record<FinishReason, string>> = { stop: 'stop', length: 'length', content_filter: 'content-filter', tool_calls: 'tool-calls', tool_limit: 'other' };

/** Makes the chunks of a UI message out of a turn's events, whatever connections they came over. One serves one turn. */
export class ChunkWriter {
  #open: { type: 'text' | 'reasoning'; id: string } | undefined;
  #error: ErrorEvent | undefined;
  #hasResults = false;
  #usage: object | undefined;
  readonly #begun = new Set<string>();
  readonly #called = new Set<string>();
  readonly #ownTools: ReadonlySet<string>;
  readonly #isContinuation: boolean;

  /**
   * @param ownTools the names of the tools that the client runs
   * @param isContinuation whether the message that the chunks are for exists: it keeps its id, and has the results that the client gave
   */
  constructor(ownTools: ReadonlySet<string>, isContinuation: boolean) {
    this.#ownTools = ownTools;
    this.#isContinuation = isContinuation;
  }

  write(event: TurnEvent): UIMessageChunk[] {
    switch (event.type) {
      case 'start':
        return [
          { type: 'start', ...(!this.#isContinuation && { messageId: event.turn_id }), messageMetadata: { turn_id: event.turn_id, model: event.model, created_at: event.created_at } },
          { type: 'start-step' },
        ];
      case 'token':
        return [...this.#begin('text', event.seq), { type: 'text-delta', id: this.#open!.id, delta: event.token }];
      case 'reasoning':
        return event.reasoning ? [...this.#begin('reasoning', event.seq), { type: 'reasoning-delta', id: this.#open!.id, delta: event.reasoning }] : [];
      case 'tool_arguments':
        return [...this.#nextStep(), ...this.#beginCall(event), { type: 'tool-input-delta', toolCallId: event.id, inputTextDelta: event.delta }];
      case 'tool_call':
        this.#called.add(event.id);
        return [
          ...this.#nextStep(),
          ...this.#close(),
          { type: 'tool-input-available', toolCallId: event.id, toolName: event.name, input: event.arguments, ...this.#whose(event.name) },
          ...(event.approval ? [{ type: 'tool-approval-request', approvalId: event.id, toolCallId: event.id } as unknown as UIMessageChunk] : []), // not in version 5
        ];
      case 'tool_result':
        return this.#result(event);
      case 'action':
        return [data('action', event.action, event.id)];
      case 'seam':
        return [...this.#close(), data('seam', { reason: event.reason, model: event.model })];
      case 'suggested_questions':
        return [data('suggested-questions', event.suggested_questions)];
      case 'citation': {
        const { url, title } = event.citation;
        return [url === undefined ? data('citation', event.citation) : { type: 'source-url', sourceId: `source-${event.seq}`, url, ...(title !== undefined && { title }) }];
      }
      case 'usage': {
        const { type: _type, seq: _seq, ...usage } = event;
        this.#usage = usage;
        return [];
      }
      case 'error':
        this.#error = event;
        return [];
      case 'done':
        return this.#end(event.finish_reason);
    }
    return []; // a type that this version does not know
  }

  /** Ends the message while the turn waits for a person: a chat sends their answer only once it has ended. */
  pause(): UIMessageChunk[] {
    this.#hasResults = false;
    return [...this.#close(), { type: 'finish-step' }, finish('tool-calls')];
  }

  /** Begins the same message again after a pause. */
  resume(): UIMessageChunk[] {
    return [{ type: 'start' }, { type: 'start-step' }];
  }

  #end(reason: FinishReason): UIMessageChunk[] {
    const closing: UIMessageChunk[] = [...this.#close(), { type: 'finish-step' }];
    // Without an `error` a chat takes whatever was said for a whole answer.
    if (this.#error || reason === 'error' || reason === 'interrupted')
      return [...closing, { type: 'error', errorText: this.#error?.message ?? 'The answer was interrupted.' }];
    if (reason === 'stopped' || reason === 'abandoned')
      return [...closing, { type: 'abort' }];
    return [...closing, finish(reasons[reason] ?? 'other', this.#usage && { usage: this.#usage })];
  }

  #begin(type: 'text' | 'reasoning', seq: number): UIMessageChunk[] {
    if (this.#open?.type === type && !this.#hasResults)
      return [];
    const before = [...this.#nextStep(), ...this.#close()];
    this.#open = { type, id: `${type}-${seq}` };
    return [...before, { type: `${type}-start`, id: this.#open.id }];
  }

  #beginCall({ id, name }: { id: string; name: string }): UIMessageChunk[] {
    if (this.#begun.has(id))
      return [];
    this.#begun.add(id);
    return [...this.#close(), { type: 'tool-input-start', toolCallId: id, toolName: name, ...this.#whose(name) }];
  }

  #result({ id, name, result, error }: Extract<TurnEvent, { type: 'tool_result' }>): UIMessageChunk[] {
    const isCalled = this.#called.has(id);
    // The message has what the client itself gave.
    if (!isCalled && this.#isContinuation && this.#ownTools.has(name))
      return [];
    this.#hasResults = true;
    if (error === undefined)
      return [{ type: 'tool-output-available', toolCallId: id, output: result, ...this.#whose(name) }];
    // A call whose arguments were no JSON object was never made.
    if (!isCalled && !this.#isContinuation)
      return [...this.#close(), { type: 'tool-input-error', toolCallId: id, toolName: name, input: undefined, errorText: error, ...this.#whose(name) }];
    return [{ type: 'tool-output-error', toolCallId: id, errorText: error, ...this.#whose(name) }];
  }

  #nextStep(): UIMessageChunk[] {
    if (!this.#hasResults)
      return [];
    this.#hasResults = false;
    return [...this.#close(), { type: 'finish-step' }, { type: 'start-step' }];
  }

  #close(): UIMessageChunk[] {
    if (!this.#open)
      return [];
    const { type, id } = this.#open;
    this.#open = undefined;
    return [{ type: `${type}-end`, id }];
  }

  // What the server runs is none of the chat's to answer, and no part of its types.
  #whose(name: string): { dynamic?: true; providerExecuted?: true } {
    return this.#ownTools.has(name) ? {} : { dynamic: true, providerExecuted: true };
  }
}

const data = (name: string, value: unknown, id?: string) => ({ type: `data-${name}`, data: value, ...(id !== undefined && { id }) }) as UIMessageChunk;

// Version 5 has no reason; a chat of it does not look.
const finish = (finishReason: string, messageMetadata?: object) => ({ type: 'finish', finishReason, ...(messageMetadata && { messageMetadata }) }) as UIMessageChunk;
