import type { ActionEvent, CitationEvent, DoneEvent, ErrorEvent, StartEvent, UsageEvent } from './events.js';

/** Text of the answer. */
export interface TextPart {
  readonly type: 'text';
  readonly text: string;
  /** The model says by it that it will not answer. */
  readonly refusal?: boolean;
}

/** The model's visible thinking. */
export interface ReasoningPart {
  readonly type: 'reasoning';
  readonly text: string;
}

/** A call of a tool, from its first letter to its result. */
export interface ToolPart {
  readonly type: 'tool';
  readonly id: string;
  readonly name: string;
  /**
   * `writing`: the model writes the arguments. `waiting`: for a person's yes. `called`: it runs, or the client has to run it. `done`, `failed`: it
   * answered.
   */
  readonly status: 'writing' | 'waiting' | 'called' | 'done' | 'failed';
  /** The arguments as they are written: text that becomes JSON. Whole, they are in `arguments`. */
  readonly arguments_text: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
  /** It runs only after a person's yes. */
  readonly approval?: 'required';
  readonly result?: unknown;
  readonly error?: string;
  readonly duration_ms?: number;
}

/** Something the client was asked to do. */
export interface ActionPart {
  readonly type: 'action';
  readonly id: string;
  readonly action: ActionEvent['action'];
}

/** Here the answer broke off; what follows was generated anew. */
export interface SeamPart {
  readonly type: 'seam';
  readonly reason: string;
  readonly model: string;
}

export type TurnPart = TextPart | ReasoningPart | ToolPart | ActionPart | SeamPart;

/**
 * A turn as it is shown: what its events so far add up to. What came from the server has the server's names. Immutable; what an event leaves alone
 * stays the same object.
 */
export interface TurnState extends Partial<Facts<StartEvent>>, Partial<Facts<DoneEvent>> {
  /** The last event that went in; 0 before the first. */
  readonly last_seq: number;
  /** The answer in the order it was made. */
  readonly parts: readonly TurnPart[];
  readonly citations: readonly CitationEvent['citation'][];
  readonly suggested_questions: readonly string[];
  readonly usage?: Facts<UsageEvent>;
  readonly error?: Facts<ErrorEvent>;
}

/** An event without what makes it one. */
export type Facts<Event> = Omit<Event, 'type' | 'seq'>;
