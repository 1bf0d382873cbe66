import type { ActionEvent, CitationEvent, DoneEvent, ErrorEvent, StartEvent, TurnEvent, UsageEvent } from './events.js';

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

/** The state before the first event. */
export const emptyTurn: TurnState = { last_seq: 0, parts: [], citations: [], suggested_questions: [] };

/** The state after one more event. An event that is in it already changes nothing, nor does a type that this version does not know. */
export function reduceTurn(state: TurnState, event: TurnEvent): TurnState {
  const { seq = state.last_seq + 1, type, ...facts } = event;
  if (seq <= state.last_seq)
    return state;
  const next = { ...state, last_seq: event.seq ?? state.last_seq };
  const { parts } = state;
  switch (event.type) {
    case 'start':
    case 'suggested_questions':
    case 'done':
      return { ...next, ...(facts as Partial<TurnState>) };
    case 'usage':
    case 'error':
      return { ...next, [type]: facts };
    case 'citation':
      return { ...next, citations: [...state.citations, event.citation] };
    case 'action':
    case 'seam':
      return { ...next, parts: [...parts, { type, ...facts } as TurnPart] };
    case 'token':
      return { ...next, parts: withText(parts, { type: 'text', text: event.token, ...(event.refusal && { refusal: true }) }) };
    case 'reasoning':
      return { ...next, parts: withText(parts, { type, text: event.reasoning } as ReasoningPart) };
    case 'tool_arguments':
      return { ...next, parts: withTool(parts, event, ({ arguments_text }) => ({ arguments_text: arguments_text + event.delta })) };
    case 'tool_call':
      return { ...next, parts: withTool(parts, event, () => ({ ...facts, status: event.approval ? 'waiting' : 'called' })) };
    case 'tool_result':
      return { ...next, parts: withTool(parts, event, () => ({ ...facts, status: event.error === undefined ? 'done' : 'failed' })) };
  }
  return next;
}

/** All text of an answer. */
export function textOf({ parts }: Pick<TurnState, 'parts'>): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

function withText(parts: readonly TurnPart[], piece: TextPart | ReasoningPart): readonly TurnPart[] {
  const last = parts.at(-1);
  if (last?.type === piece.type && (last as TextPart).refusal === (piece as TextPart).refusal)
    return [...parts.slice(0, -1), { ...piece, text: last.text + piece.text }];
  return piece.text ? [...parts, piece] : parts;
}

function withTool(parts: readonly TurnPart[], { id, name }: { id: string; name: string }, change: (tool: ToolPart) => Partial<ToolPart>): readonly TurnPart[] {
  const index = parts.findIndex((part) => part.type === 'tool' && part.id === id);
  // A call whose arguments were no JSON object has no event of its own, but it was answered.
  const tool = (parts[index] ?? { type: 'tool', id, name, status: 'writing', arguments_text: '' }) as ToolPart;
  const changed = { ...tool, ...change(tool) };
  return index < 0 ? [...parts, changed] : parts.with(index, changed);
}
