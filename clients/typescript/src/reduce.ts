import type { TurnEvent } from './events.js';
import type { ReasoningPart, TextPart, ToolPart, TurnPart, TurnState } from './state.js';

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
