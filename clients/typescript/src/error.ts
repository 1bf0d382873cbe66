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
  readonly status: number | undefined;
  readonly retryable: boolean;
  readonly retryAfter: number | undefined;
  readonly turnId: string | undefined;

  constructor(
    readonly code: ProblemCode,
    message: string,
    { status, retryable = false, retryAfter, turnId, cause }: ErrorDetails = {},
  ) {
    super(message, { cause });
    this.status = status;
    this.retryable = retryable;
    this.retryAfter = retryAfter;
    this.turnId = turnId;
  }
}

export const unreachable = (cause?: unknown) => new PasswindowError('network', 'The server could not be reached.', { retryable: true, cause });

export const malformed = (what: string, retryable = false) => new PasswindowError('malformed', what, { retryable });

/** Reads the problem document of a response that is no success. A proxy's HTML page says nothing to a person, so only JSON is read. */
export async function errorOf(response: Response): Promise<PasswindowError> {
  const { status, headers } = response;
  let document: Record<string, unknown> = {};
  try {
    if (/[/+]json\b/i.test(headers.get('content-type') ?? ''))
      document = Object(await response.json());
    else
      await response.body?.cancel();
  } catch {
    // A cut or broken document: the status speaks for itself.
  }

  const text = (name: string) => (typeof document[name] === 'string' && document[name] ? (document[name] as string) : undefined);
  const turnId = text('turn_id');
  const after = headers.get('retry-after');
  return new PasswindowError(text('code') ?? `http_${status}`, text('detail') ?? text('title') ?? `The server answered ${status}.`, {
    status,
    // One that names its turn has been answered: the turn runs, or has failed.
    retryable: !turnId && (status === 408 || status === 425 || status === 429 || status > 501),
    retryAfter: after && /^\d{1,6}$/.test(after) ? +after : undefined,
    turnId,
  });
}
