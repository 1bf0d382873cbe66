/**
 * What went wrong, in one form: a refused request (RFC 9457 problem document), an unreachable server, or an `error` event.
 */

/**
 * @typedef {object} Problem
 * @property {string} code the contract's code, or `network`
 * @property {string} title
 * @property {string} [detail]
 * @property {boolean} retryable whether asking again can help
 * @property {number} [status]
 * @property {number} [retryAfterMs] what the server asked to wait
 */

const Titles = {
  400: 'The request was not understood.',
  401: 'You are not signed in.',
  403: 'You may not do this.',
  404: 'It does not exist.',
  409: 'An answer is already being written.',
  413: 'The message is too long.',
  429: 'Too many requests.',
  503: 'The server is busy.',
};

/** The longest text of a problem that is shown, in UTF-16 units. */
const MaxText = 2000;

/**
 * @param {Response} response one that is not a success
 * @returns {Promise<Problem>}
 */
export async function problemOf(response) {
  const { status } = response;
  /** @type {Record<string, unknown>} */
  let document = {};
  try {
    // A proxy's HTML page says nothing to a person: only JSON is read.
    if (/[/+]json\b/i.test(response.headers.get('content-type') ?? ''))
      document = Object(await response.json());
    else
      await response.body?.cancel();
  } catch {
    // A cut or broken document: the status speaks for itself.
  }

  return {
    status,
    code: text(document.code) ?? `http_${status}`,
    title: text(document.title) ?? Titles[status] ?? `The server answered ${status}.`,
    detail: text(document.detail),
    retryable: mayPass(status),
    retryAfterMs: retryAfter(response.headers.get('retry-after')),
  };
}

/** @returns {Problem} */
export const unreachable = () => ({ code: 'network', title: 'The server could not be reached.', retryable: true });

/** @param {string} detail @returns {Problem} */
export const malformed = (detail) =>
  ({ code: 'malformed', title: 'The server sent something this page does not understand.', detail, retryable: false });

/** @param {{code?: unknown, message?: unknown, retryable?: unknown}} event the fields of an `error` @returns {Problem} */
export const problemOfEvent = (event) =>
  ({ code: text(event.code) ?? 'internal', title: text(event.message) ?? 'Something went wrong.', retryable: event.retryable === true });

/** @param {number} status whether it can pass by itself */
export const mayPass = (status) => status === 408 || status === 425 || status === 429 || status >= 500;

/** @param {unknown} value */
function text(value) {
  return typeof value === 'string' && value !== '' ? value.slice(0, MaxText) : undefined;
}

/** @param {string | null} value only the seconds form; this project's server sends no dates */
function retryAfter(value) {
  return value !== null && /^\d{1,6}$/.test(value) ? Number(value) * 1000 : undefined;
}
