import type { PasswindowError } from './error.js';
import type { EventOf, TurnEvent } from './events.js';

/** What is told of a turn while it is watched. Each event comes once and in order, over however many connections. */
export interface TurnHandlers {
  /** Every event. */
  onEvent?: ((event: TurnEvent) => void) | undefined;
  onStart?: ((event: EventOf<'start'>) => void) | undefined;
  onToken?: ((token: string, event: EventOf<'token'>) => void) | undefined;
  onReasoning?: ((reasoning: string, event: EventOf<'reasoning'>) => void) | undefined;
  onToolArguments?: ((event: EventOf<'tool_arguments'>) => void) | undefined;
  onToolCall?: ((event: EventOf<'tool_call'>) => void) | undefined;
  onToolResult?: ((event: EventOf<'tool_result'>) => void) | undefined;
  /** Only actions of the types in `allowActions`. */
  onAction?: ((action: EventOf<'action'>['action'], event: EventOf<'action'>) => void) | undefined;
  onCitation?: ((citation: EventOf<'citation'>['citation'], event: EventOf<'citation'>) => void) | undefined;
  onSeam?: ((event: EventOf<'seam'>) => void) | undefined;
  onUsage?: ((event: EventOf<'usage'>) => void) | undefined;
  onSuggestedQuestions?: ((questions: readonly string[], event: EventOf<'suggested_questions'>) => void) | undefined;
  /** The turn's own `error` event, and whatever else keeps it from being watched to its end. */
  onError?: ((error: PasswindowError) => void) | undefined;
  onDone?: ((event: EventOf<'done'>) => void) | undefined;
  /** `open` when a connection answers; `lost` when one broke, or came to nothing, and another will be tried. */
  onConnection?: ((state: 'open' | 'lost') => void) | undefined;
}

/** Calls a handler. One that throws is reported as an event listener's error is, and harms nothing else. */
export function tell<Arguments extends unknown[]>(handler: ((...told: Arguments) => void) | undefined, ...told: Arguments): void {
  try {
    handler?.(...told);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

/** Hands an event to its own handler: `suggested_questions` to `onSuggestedQuestions`, with the field of that name first if it has one. */
export function tellEvent(handlers: TurnHandlers, event: TurnEvent): void {
  tell(handlers.onEvent, event);
  if (event.type === 'error')
    return; // told as what it becomes
  const name = 'on' + event.type.replace(/(?:^|_)(.)/g, (_, letter: string) => letter.toUpperCase());
  const payload = (event as unknown as Record<string, unknown>)[event.type] ?? event;
  tell((handlers as Record<string, ((...told: unknown[]) => void) | undefined>)[name], payload, event);
}
