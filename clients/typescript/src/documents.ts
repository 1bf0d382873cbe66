import type { ActionEvent, CitationEvent, ErrorEvent, FinishReason, TurnEvent, UsageEvent } from './events.js';
import type { Facts } from './state.js';

/** A tool that the client runs. */
export interface ToolDeclaration {
  name: string;
  description?: string;
  /** JSON Schema of the arguments. */
  parameters?: Record<string, unknown>;
}

/** What `POST /chat` takes. */
export interface TurnRequest {
  message: string;
  /** What was said before, where the server does not know it: it is then the whole conversation. */
  history?: readonly { role: 'system' | 'user' | 'assistant'; content: string }[];
  /** A conversation of your own naming or the server's; without it a new one begins. */
  conversation_id?: string;
  /** `provider/name`; without it the server's default. */
  model?: string;
  tools?: readonly ToolDeclaration[];
  /** What to do when a turn runs in the conversation: refuse (the default), stop that one, or wait in line. */
  if_active?: 'reject' | 'interrupt' | 'enqueue';
  /** Edit and send again: this turn takes that one's place. */
  replaces?: string;
  metadata?: Record<string, unknown>;
}

/** What a client's tool gave. */
export type ToolResult = { id: string; result: unknown } | { id: string; error: string };

/** A person's yes or no to a call. */
export interface Approval {
  id: string;
  approved: boolean;
  reason?: string;
}

/** What a stop answers: the same however often it is asked for. */
export interface StopReceipt {
  readonly turn_id: string;
  readonly finish_reason: FinishReason;
  readonly last_seq: number;
  readonly stopped_after_ms?: number;
}

/** What the list says of a conversation. */
export interface ConversationEntry {
  readonly id: string;
  readonly title: string;
  readonly updated_at: string;
  /** The turn that runs, if one does. */
  readonly turn_id?: string;
  readonly abandoned_tokens?: number;
}

export interface ConversationPage {
  readonly conversations: readonly ConversationEntry[];
  /** For the next page; absent on the last. */
  readonly next_cursor?: string;
}

export interface UserMessage {
  readonly role: 'user';
  readonly content: string;
  readonly turn_id: string;
  readonly created_at: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export interface AssistantMessage {
  readonly role: 'assistant';
  readonly content: string;
  readonly turn_id: string;
  readonly model: string;
  readonly reasoning?: string;
  readonly tool_calls?: readonly StoredCall[];
  readonly actions?: readonly ActionEvent['action'][];
  readonly citations?: readonly CitationEvent['citation'][];
  readonly suggested_questions?: readonly string[];
  readonly usage?: Facts<UsageEvent>;
  readonly error?: Facts<ErrorEvent>;
  /** Absent where the end could not be journalled. */
  readonly finish_reason?: FinishReason;
}

/** A call as a conversation remembers it. */
export interface StoredCall {
  readonly id: string;
  readonly name: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
  readonly approval?: 'required';
  readonly result?: unknown;
  readonly error?: string;
  readonly duration_ms?: number;
}

/** One conversation with its messages. */
export interface Conversation extends ConversationEntry {
  readonly messages: readonly (UserMessage | AssistantMessage)[];
  /** While a turn runs: the last event that `partial` holds. */
  readonly last_seq?: number;
  /** While a turn runs: the answer so far. */
  readonly partial?: AssistantMessage;
}

/** A turn as one document, where the answer was not streamed. */
export interface Answer extends Omit<AssistantMessage, 'role' | 'content' | 'model'> {
  readonly conversation_id: string;
  readonly response: string;
  readonly tools_used?: readonly string[];
}

/**
 * A document of a turn as the events it could have come from, so that one reducer serves both. A document does not say in which order things came:
 * thinking, calls, text, actions. The numbers are not the journal's, and what it does not know is absent.
 */
export function eventsOf(document: Answer | AssistantMessage): TurnEvent[] {
  const { turn_id, reasoning, tool_calls = [], actions = [], citations = [], suggested_questions, usage, error, finish_reason } = document;
  const { response, content, conversation_id, model } = document as Partial<Answer & AssistantMessage>;
  const text = response ?? content;
  const facts: unknown[] = [
    { type: 'start', conversation_id, turn_id, model },
    reasoning && { type: 'reasoning', reasoning },
    ...tool_calls.flatMap(({ id, name, arguments: given, approval, ...result }) => [
      given && { type: 'tool_call', id, name, arguments: given, ...(approval && { approval }) },
      ('result' in result || 'error' in result) && { type: 'tool_result', id, name, duration_ms: 0, ...result },
    ]),
    text && { type: 'token', token: text },
    ...actions.map((action, index) => ({ type: 'action', id: `${turn_id}-${index}`, action })),
    ...citations.map((citation) => ({ type: 'citation', citation })),
    suggested_questions?.length && { type: 'suggested_questions', suggested_questions },
    usage && { type: 'usage', ...usage },
    error && { type: 'error', ...error },
    finish_reason && { type: 'done', finish_reason },
  ];
  return facts.filter(Boolean).map((fact, index) => ({ ...(fact as TurnEvent), seq: index + 1 }));
}
