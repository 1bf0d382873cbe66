import type { FinishReason, PasswindowError, TurnState } from 'passwindow';

/** How a turn ended, where that is worth a word; `stop` is not, and `error` is said by the error itself. */
const ends: Record<FinishReason, string> = {
  length: 'Cut off by the length limit.',
  content_filter: 'The provider withheld the rest.',
  tool_calls: 'Waiting for a tool that this page cannot run.',
  tool_limit: 'Ended: too many tool calls.',
  stopped: 'Stopped.',
  abandoned: 'Ended because nobody was watching.',
  interrupted: 'Interrupted: the server restarted.',
  error: '',
  stop: '',
};

export const wordsForEnd = (reason: string) => ends[reason as FinishReason] ?? `Ended: ${reason.replaceAll('_', ' ')}.`;

/** What to do about an error, by its code. */
const advice: Record<string, string> = {
  network: 'Check the connection, then try again. Nothing is sent twice.',
  upstream_unavailable: 'The model cannot be reached at the moment.',
  upstream_rate_limited: 'Wait a little, then try again.',
  upstream_timeout: 'The model took too long.',
  upstream_refused: 'The provider did not take the request: check the model and the key.',
  turn_active: 'Another window may be waiting for it.',
  idempotency_mismatch: 'Change the message and send it again.',
  queue_full: 'Wait until one of them has ended.',
  overloaded: 'Wait a little, then try again.',
  shutting_down: 'Try again in a moment.',
  unauthorized: 'Sign in again, then reload the page.',
  gap: 'Reload the page to read the whole answer.',
};

export const adviceFor = ({ code, retryAfter }: Pick<PasswindowError, 'code'> & { retryAfter?: number | undefined }) =>
  retryAfter ? `Try again in ${Math.ceil(retryAfter)} s.` : (advice[code] ?? '');

/** What an answer cost, briefly and in full; nothing where nothing is known. */
export function wordsForUsage(usage: TurnState['usage']): { brief: string; full: string } {
  const { first_token_ms: first, duration_ms: duration, input_tokens: input, output_tokens: output } = usage ?? {};
  const writing = duration !== undefined && first !== undefined ? duration - first : 0;
  const rate = output !== undefined && writing > 0 ? Math.round(output / (writing / 1000)) : undefined;
  return {
    brief: [first !== undefined && time(first), rate !== undefined && `${rate.toLocaleString('en')} tokens/s`].filter(Boolean).join(' · '),
    full: [
      first !== undefined && `First token after ${time(first)}`,
      duration !== undefined && `${time(duration)} in all`,
      input !== undefined && `${input.toLocaleString('en')} tokens in`,
      output !== undefined && `${output.toLocaleString('en')} tokens out`,
    ].filter(Boolean).join(', '),
  };
}

/** @param ms milliseconds */
export const time = (ms: number) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

/** What a tool is about, of its name: `get_current_weather` fetches the current weather. */
export const subjectOf = (tool: string) => tool.replace(/[_-]+/g, ' ').replace(/^(?:get|fetch|read|load|find|look up|search) (?=\S)/i, '').trim() || tool;
