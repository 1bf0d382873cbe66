import type { ErrorCode } from './events.js';

/** What a refused request says of itself (RFC 9457), and what only this side can know: `network`, `malformed`. */
export type ProblemCode =
  | ErrorCode
  | 'invalid_request'
  | 'forbidden'
  | 'not_found'
  | 'turn_active'
  | 'not_waiting'
  | 'already_answered'
  | 'too_large'
  | 'unsupported_media_type'
  | 'idempotency_mismatch'
  | 'queue_full'
  | 'overloaded'
  | 'not_ready'
  | 'network'
  | 'malformed'
  | (string & {});

/** What is known of an error beside its words. */
export interface ErrorDetails {
  /** The HTTP status, if the server answered with one. */
  status?: number | undefined;
  /** Whether trying again can help. */
  retryable?: boolean | undefined;
  /** Seconds that the server asks to wait. */
  retryAfter?: number | undefined;
  /** The turn it concerns: the one that runs (`turn_active`), or the one that failed. */
  turnId?: string | undefined;
  cause?: unknown;
}

/** Everything that goes wrong, in one form. The message is safe to show. */
export class PasswindowError extends Error {
  override readonly name = 'PasswindowError';
  declare readonly status: number | undefined;
  declare readonly retryable: boolean;
  declare readonly retryAfter: number | undefined;
  declare readonly turnId: string | undefined;

  constructor(
    readonly code: ProblemCode,
    message: string,
    details: ErrorDetails = {},
  ) {
    super(message, details);
    Object.assign(this, { retryable: false }, details);
  }
}

export const malformed = (what: string, retryable = false) => new PasswindowError('malformed', what, { retryable });

/** What was thrown, as one of ours: whatever else `fetch` throws means that nobody was reached. */
export const errorFrom = (thrown?: unknown) =>
  thrown instanceof PasswindowError ? thrown : new PasswindowError('network', 'The server could not be reached.', { retryable: true, cause: thrown });

/** Reads the problem document of a response that is no success. A proxy's HTML page says nothing to a person, so only JSON is read. */
export async function errorOf(response: Response): Promise<PasswindowError> {
  const { status, headers } = response;
  let document: { [name: string]: unknown } = {};
  if (/[/+]json\b/i.test(headers.get('content-type') ?? ''))
    document = Object(await response.json().catch(() => {})); // a cut document: the status speaks for itself
  else
    response.body?.cancel().catch(() => {});

  const text = (name: string) => (typeof document[name] === 'string' ? document[name] || undefined : undefined);
  const turnId = text('turn_id');
  return new PasswindowError(text('code') ?? `http_${status}`, text('detail') ?? text('title') ?? `The server answered ${status}.`, {
    status,
    // One that names its turn has been answered: the turn runs, or has failed.
    retryable: !turnId && ([408, 425, 429].includes(status) || status > 501),
    retryAfter: Number(headers.get('retry-after')) || undefined, // a date is none: this server sends seconds
    turnId,
  });
}
