// Generated from events.schema.json by scripts/generate-events.mjs. Do not edit.

/** One event of a turn, told apart by its `type`. Later servers may send types and fields that are not here. */
export type TurnEvent =
  | StartEvent
  | TokenEvent
  | ReasoningEvent
  | ToolArgumentsEvent
  | ToolCallEvent
  | ToolResultEvent
  | ActionEvent
  | CitationEvent
  | SeamEvent
  | UsageEvent
  | SuggestedQuestionsEvent
  | ErrorEvent
  | DoneEvent;

/** The event of one type: `EventOf<'token'>`. */
export type EventOf<Type extends TurnEvent['type']> = Extract<TurnEvent, { type: Type }>;

/** What went wrong. */
export type ErrorCode =
  | 'upstream_unavailable'
  | 'upstream_refused'
  | 'upstream_rate_limited'
  | 'upstream_timeout'
  | 'upstream_truncated'
  | 'upstream_malformed'
  | 'tool_failed'
  | 'journal_unavailable'
  | 'gap'
  | 'unauthorized'
  | 'shutting_down'
  | 'internal';

/** How a turn ended. */
export type FinishReason =
  | 'stop'
  | 'length'
  | 'content_filter'
  | 'tool_calls'
  | 'tool_limit'
  | 'stopped'
  | 'abandoned'
  | 'interrupted'
  | 'error';

/** The turn exists. First, before the upstream has answered. */
export interface StartEvent {
  readonly type: 'start';
  /** The event's number within its turn: 1, 2, 3 without holes. */
  readonly seq: number;
  /** The conversation the turn belongs to. */
  readonly conversation_id: string;
  /** The turn itself. */
  readonly turn_id: string;
  /** The model that was asked, as provider/name. */
  readonly model: string;
  /** When the turn was accepted, in UTC. */
  readonly created_at: string;
}

/** Text of the answer. All tokens of a turn joined are its text. */
export interface TokenEvent {
  readonly type: 'token';
  /** The event's number within its turn: 1, 2, 3 without holes. */
  readonly seq: number;
  /** The text. */
  readonly token: string;
  /** True if the model says by it that it will not answer; absent otherwise. */
  readonly refusal?: boolean;
}

/** The model's visible thinking. */
export interface ReasoningEvent {
  readonly type: 'reasoning';
  /** The event's number within its turn: 1, 2, 3 without holes. */
  readonly seq: number;
  /** The text; empty where the provider shows none. */
  readonly reasoning: string;
  /** The provider's seal on its thinking, which it wants back with it. Opaque. */
  readonly signature?: string;
  /** Thinking that the provider keeps encrypted and wants back. Opaque. */
  readonly redacted?: string;
}

/** A piece of the arguments of a call while the model writes them. The tool_call that follows holds them whole. Where a client takes the provider's calls as they come, arguments that were written at once are told so too. */
export interface ToolArgumentsEvent {
  readonly type: 'tool_arguments';
  /** The event's number within its turn: 1, 2, 3 without holes. */
  readonly seq: number;
  /** The call. */
  readonly id: string;
  /** The tool. */
  readonly name: string;
  /** The piece: text that becomes JSON only when all pieces are joined. */
  readonly delta: string;
}

/** The model asked for a tool; its arguments are complete. */
export interface ToolCallEvent {
  readonly type: 'tool_call';
  /** The event's number within its turn: 1, 2, 3 without holes. */
  readonly seq: number;
  /** The call. */
  readonly id: string;
  /** The tool. */
  readonly name: string;
  /** What the tool is called with. */
  readonly arguments: Readonly<Record<string, unknown>>;
  /** The tool runs only after a person's yes; absent if none is needed. */
  readonly approval?: 'required';
}

/** The tool answered, with a result or with an error. */
export interface ToolResultEvent {
  readonly type: 'tool_result';
  /** The event's number within its turn: 1, 2, 3 without holes. */
  readonly seq: number;
  /** The call. */
  readonly id: string;
  /** The tool. */
  readonly name: string;
  /** What it gave: any JSON value. */
  readonly result?: unknown;
  /** Why it failed, as the model is told. */
  readonly error?: string;
  /** How long it ran. */
  readonly duration_ms: number;
}

/** Something for the client to do: a theme change, a navigation. */
export interface ActionEvent {
  readonly type: 'action';
  /** The event's number within its turn: 1, 2, 3 without holes. */
  readonly seq: number;
  /** The action, so that one seen twice is done once. */
  readonly id: string;
  readonly action: {
    /** What to do; the other fields depend on it. */
    readonly type: string;
    readonly [field: string]: unknown;
  };
}

/** A source of the answer. */
export interface CitationEvent {
  readonly type: 'citation';
  /** The event's number within its turn: 1, 2, 3 without holes. */
  readonly seq: number;
  readonly citation: {
    /** Where it is. */
    readonly url?: string;
    /** What it is called. */
    readonly title?: string;
    readonly [field: string]: unknown;
  };
}

/** The answer goes on after a break: what follows was generated anew. */
export interface SeamEvent {
  readonly type: 'seam';
  /** The event's number within its turn: 1, 2, 3 without holes. */
  readonly seq: number;
  /** What broke, for example failover or takeover. */
  readonly reason: string;
  /** The model that goes on. */
  readonly model: string;
}

/** What the turn cost, as far as known. Once, before the end. An absent number is unknown, not zero. */
export interface UsageEvent {
  readonly type: 'usage';
  /** The event's number within its turn: 1, 2, 3 without holes. */
  readonly seq: number;
  /** Tokens of the prompts, cached ones included. */
  readonly input_tokens?: number;
  /** Tokens that were generated. */
  readonly output_tokens?: number;
  /** Generated tokens that were thinking. */
  readonly reasoning_tokens?: number;
  /** Prompt tokens that came from the provider's cache. */
  readonly cached_tokens?: number;
  /** From the start of the turn to its first token; absent if none came. */
  readonly first_token_ms?: number;
  /** From the start of the turn to here. */
  readonly duration_ms: number;
  /** The model that answered, where it is not the one in start. */
  readonly model?: string;
  /** Pieces of the answer that were made after the last viewer had left; absent if none. */
  readonly abandoned_tokens?: number;
  /** The provider's own counts, as it spelled them; absent where more than one answer made the turn. */
  readonly upstream?: Readonly<Record<string, unknown>>;
}

/** Questions that could follow. After the answer, when switched on. */
export interface SuggestedQuestionsEvent {
  readonly type: 'suggested_questions';
  /** The event's number within its turn: 1, 2, 3 without holes. */
  readonly seq: number;
  readonly suggested_questions: readonly string[];
}

/** What went wrong. Without seq it concerns one response alone and is no event of the turn. */
export interface ErrorEvent {
  readonly type: 'error';
  /** The event's number within its turn: 1, 2, 3 without holes. */
  readonly seq?: number;
  readonly code: ErrorCode;
  /** The same in words safe to show. */
  readonly message: string;
  /** Whether trying again can help. */
  readonly retryable: boolean;
}

/** The end of the turn: last, always, once. Without seq the end could not be journalled. */
export interface DoneEvent {
  readonly type: 'done';
  /** The event's number within its turn: 1, 2, 3 without holes. */
  readonly seq?: number;
  readonly finish_reason: FinishReason;
  /** How long the turn ran before somebody stopped it; absent otherwise. */
  readonly stopped_after_ms?: number;
  /** The provider's own word for the end, such as end_turn; absent if it said none. */
  readonly upstream_reason?: string;
  /** The stop sequence of the request at which the answer ended; absent if none. */
  readonly stop_sequence?: string;
}
