/** The contract's codes in words for a person. */

/** How a turn ended, where that is worth a word; `stop` is not, and `error` is said by the error itself. @type {Record<string, string>} */
const ends = {
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

/** @param {string} reason a `finish_reason` */
export const wordsForEnd = (reason) => ends[reason] ?? `Ended: ${reason.replaceAll('_', ' ')}.`;

/** What to do about an error, by its code. @type {Record<string, string>} */
const advice = {
  network: 'Check the connection, then try again. Nothing is sent twice.',
  upstream_unavailable: 'The model cannot be reached at the moment.',
  upstream_rate_limited: 'Wait a little, then try again.',
  upstream_timeout: 'The model took too long.',
  upstream_truncated: 'The answer broke off; what is above may be incomplete.',
  upstream_refused: 'The provider did not take the request: check the model and the key.',
  turn_active: 'Another window may be waiting for it.',
  idempotency_mismatch: 'Change the message and send it again.',
  overloaded: 'Wait a little, then try again.',
  shutting_down: 'Try again in a moment.',
  unauthorized: 'Sign in again, then reload the page.',
  gap: 'Reload the page to read the whole answer.',
};

/** @param {import('./problem.js').Problem} problem */
export function adviceFor({ code, retryAfterMs }) {
  return retryAfterMs ? `Try again in ${Math.ceil(retryAfterMs / 1000)} s.` : advice[code] ?? '';
}

/** @param {Record<string, any>} usage the fields of a `usage` */
export function wordsForUsage({ first_token_ms: first, input_tokens: input, output_tokens: output, duration_ms: duration }) {
  return [
    Number.isFinite(first) && `first token ${time(first)}`,
    Number.isFinite(duration) && `${time(duration)} in all`,
    Number.isFinite(input) && `${input.toLocaleString()} tokens in`,
    Number.isFinite(output) && `${output.toLocaleString()} out`,
  ].filter(Boolean).join(' · ');
}

/** @param {number} ms */
export const time = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);
