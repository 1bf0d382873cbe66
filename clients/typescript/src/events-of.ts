import type { Answer, AssistantMessage } from './documents.js';
import type { TurnEvent } from './events.js';

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
