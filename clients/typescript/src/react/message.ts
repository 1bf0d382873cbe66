import type { Conversation, ToolResult } from '../documents.js';
import { eventsOf } from '../events-of.js';
import { emptyTurn, reduceTurn } from '../reduce.js';
import type { TurnPart, TurnState } from '../state.js';

/** A message as it is shown. */
export interface ChatMessage {
  /** The same from the first moment on; a key for lists. */
  readonly id: string;
  readonly role: 'user' | 'assistant';
  readonly parts: readonly TurnPart[];
  /** The turn it belongs to, once the server has named it. */
  readonly turn_id?: string | undefined;
  /** Of an answer: the turn with its end, usage and error. */
  readonly turn?: TurnState;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

export function userMessage(id: string, text: string, more: Pick<ChatMessage, 'turn_id' | 'metadata'> = {}): ChatMessage {
  return { id, role: 'user', parts: [{ type: 'text', text }], ...more };
}

export function assistantMessage(id: string, turn: TurnState = emptyTurn): ChatMessage {
  return { id, role: 'assistant', parts: turn.parts, turn, turn_id: turn.turn_id };
}

/** A message whose calls the client has answered. */
export function answered(message: ChatMessage, results: readonly ToolResult[]): ChatMessage {
  const parts = message.parts.map((part): TurnPart => {
    const result = part.type === 'tool' && part.status === 'called' && results.find(({ id }) => id === part.id);
    return result ? { ...part, ...result, status: 'error' in result ? 'failed' : 'done' } : part;
  });
  return { ...message, parts };
}

/** The messages of a conversation that has been read. The answer of a running turn is not among them: it is watched from its start. */
export function messagesOf({ messages }: Conversation): ChatMessage[] {
  return messages.map((message, index) => {
    if (message.role === 'user')
      return userMessage(`${message.turn_id}-user`, message.content, { turn_id: message.turn_id, metadata: message.metadata });
    const shown = assistantMessage(message.turn_id, eventsOf(message).reduce(reduceTurn, emptyTurn));
    // An answer right after an answer went on with what the client's tools gave.
    const next = messages[index + 1];
    return next?.role === 'assistant' ? answered(shown, (next.tool_calls ?? []).filter((call) => 'result' in call || 'error' in call) as ToolResult[]) : shown;
  });
}
