import type { ActionEvent, CitationEvent, ErrorEvent, FinishReason, UsageEvent } from './events.js';
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
