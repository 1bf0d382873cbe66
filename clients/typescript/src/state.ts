import type { ActionEvent, CitationEvent, ErrorEvent, FinishReason, TurnEvent, UsageEvent } from './events.js';

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
  /** The arguments as they are written: text that is JSON once `arguments` is there. */
  readonly argumentsText: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
  readonly needsApproval?: boolean;
  readonly result?: unknown;
  readonly error?: string;
  readonly durationMs?: number;
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

/** A turn as it is shown: what its events so far add up to. Immutable; what an event leaves alone stays the same object. */
export interface TurnState {
  readonly turnId?: string;
  readonly conversationId?: string;
  readonly model?: string;
  readonly createdAt?: string;
  /** The last event that went in; 0 before the first. */
  readonly lastSeq: number;
  /** The answer in the order it was made. */
  readonly parts: readonly TurnPart[];
  readonly citations: readonly CitationEvent['citation'][];
  readonly suggestedQuestions: readonly string[];
  readonly usage?: Omit<UsageEvent, 'type' | 'seq'>;
  readonly error?: Pick<ErrorEvent, 'code' | 'message' | 'retryable'>;
  /** How it ended; absent while it runs. */
  readonly finishReason?: FinishReason;
}

/** The state before the first event. */
export const emptyTurn: TurnState = { lastSeq: 0, parts: [], citations: [], suggestedQuestions: [] };

/** The state after one more event. An event that is in it already changes nothing. */
export function reduceTurn(state: TurnState, event: TurnEvent): TurnState {
  const { seq } = event;
  if (seq !== undefined && seq <= state.lastSeq)
    return state;
  return { ...state, ...changeBy(state, event), lastSeq: seq ?? state.lastSeq };
}

/** All text of an answer. */
export function textOf({ parts }: Pick<TurnState, 'parts'>): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

function changeBy(state: TurnState, event: TurnEvent): Partial<TurnState> | undefined {
  const { parts } = state;
  switch (event.type) {
    case 'start':
      return { turnId: event.turn_id, conversationId: event.conversation_id, model: event.model, createdAt: event.created_at };
    case 'token':
      return { parts: appendText(parts, event.refusal ? { type: 'text', text: event.token, refusal: true } : { type: 'text', text: event.token }) };
    case 'reasoning':
      return { parts: appendText(parts, { type: 'reasoning', text: event.reasoning }) };
    case 'tool_arguments':
      return { parts: changeTool(parts, event, (tool) => ({ argumentsText: tool.argumentsText + event.delta })) };
    case 'tool_call':
      return {
        parts: changeTool(parts, event, () => ({
          arguments: event.arguments,
          argumentsText: JSON.stringify(event.arguments),
          ...(event.approval ? { status: 'waiting', needsApproval: true } : { status: 'called' }),
        })),
      };
    case 'tool_result':
      return {
        parts: changeTool(parts, event, () => ({
          durationMs: event.duration_ms,
          ...(event.error === undefined ? { status: 'done', result: event.result } : { status: 'failed', error: event.error }),
        })),
      };
    case 'action':
      return { parts: [...parts, { type: 'action', id: event.id, action: event.action }] };
    case 'seam':
      return { parts: [...parts, { type: 'seam', reason: event.reason, model: event.model }] };
    case 'citation':
      return { citations: [...state.citations, event.citation] };
    case 'suggested_questions':
      return { suggestedQuestions: event.suggested_questions };
    case 'usage': {
      const { type: _type, seq: _seq, ...usage } = event;
      return { usage };
    }
    case 'error':
      return { error: { code: event.code, message: event.message, retryable: event.retryable } };
    case 'done':
      return { finishReason: event.finish_reason };
  }
  return undefined; // a type that this version does not know
}

function appendText(parts: readonly TurnPart[], piece: TextPart | ReasoningPart): readonly TurnPart[] {
  const last = parts.at(-1);
  if (last?.type === piece.type && (last as TextPart).refusal === (piece as TextPart).refusal)
    return [...parts.slice(0, -1), { ...piece, text: last.text + piece.text }];
  return piece.text ? [...parts, piece] : parts;
}

function changeTool(parts: readonly TurnPart[], { id, name }: { id: string; name: string }, change: (tool: ToolPart) => Partial<ToolPart>): readonly TurnPart[] {
  const tool: ToolPart = { type: 'tool', id, name, status: 'writing', argumentsText: '' };
  const index = parts.findIndex((part) => part.type === 'tool' && part.id === id);
  // A call whose arguments were no JSON object has no event of its own, but it was answered.
  return index < 0
    ? [...parts, { ...tool, ...change(tool) }]
    : parts.map((part, at) => (at === index ? { ...(part as ToolPart), ...change(part as ToolPart) } : part));
}
