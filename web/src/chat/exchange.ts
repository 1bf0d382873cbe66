import { emptyTurn, eventsOf, reduceTurn, type Conversation, type PasswindowError, type TurnState } from 'passwindow';

/** A question and its answer: one turn, as it is shown. Immutable. */
export interface Exchange {
  /** The same from the first moment on, before the turn has a name. */
  readonly key: string;
  /** The turn, once it has a name. */
  readonly turn?: string | undefined;
  /** Absent where the turn goes on from the one before. */
  readonly question?: string | undefined;
  readonly answer: TurnState;
  /** `asked`: not begun yet. `live`: followed by this page. `over`: nothing more comes. */
  readonly phase: 'asked' | 'live' | 'over';
  /** Why it could not be followed to its end. */
  readonly failure?: PasswindowError | undefined;
}

/**
 * The exchanges of a conversation as the server has it. What is here already and has ended stays the same object: it was seen as it came, and
 * nothing of it needs to be rendered again.
 */
export function exchangesOf(document: Conversation, known: readonly Exchange[]): Exchange[] {
  const byTurn = new Map(known.map((exchange) => [exchange.turn, exchange]));
  const found = new Map<string, Exchange>();
  for (const message of document.messages) {
    const { turn_id: turn } = message;
    const before = byTurn.get(turn);
    const exchange = found.get(turn) ?? { key: before?.key ?? turn, turn, answer: emptyTurn, phase: 'asked' };
    if (message.role === 'user')
      found.set(turn, before && before.phase !== 'asked' && before.failure === undefined ? before : { ...exchange, question: message.content });
    else if (exchange !== before || before.phase === 'live')
      found.set(turn, before?.phase === 'live' ? before : { ...exchange, answer: eventsOf(message).reduce(reduceTurn, emptyTurn), phase: 'over' });
  }

  // The running turn may be one that goes on from another, and then has no question.
  const { turn_id: running } = document;
  if (running !== undefined && !found.has(running))
    found.set(running, byTurn.get(running) ?? { key: running, turn: running, answer: emptyTurn, phase: 'asked' });
  return [...found.values()];
}
