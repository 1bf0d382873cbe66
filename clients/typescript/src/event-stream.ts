import { createParser } from 'eventsource-parser';
import { malformed } from './error.js';

/** One event of a stream, as it is dispatched. */
export interface Frame {
  /** The type; `message` where the stream names none. */
  event: string;
  data: string;
  /** The last event id: it persists from block to block. */
  id: string;
}

/** The longest event in UTF-16 units. A stream that goes beyond is refused. */
export const MaxEventLength = 16 * 1024 * 1024;

/** Bytes in, events out, wherever the reads are cut (WHATWG HTML, 9.2.5 and 9.2.6). An event that was cut is never dispatched. */
export class EventStreamParser {
  // The parser below strips the one leading BOM that the format allows; a decoder that did so too would strip a second.
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #parser;

  /** What a reconnect sends as `Last-Event-ID`; '' means no header. */
  lastEventId = '';

  /** The last valid reconnection time in milliseconds. */
  retry: number | undefined;

  constructor(onFrame: (frame: Frame) => void) {
    this.#parser = createParser({
      maxBufferSize: MaxEventLength,
      onId: (id) => (this.lastEventId = id),
      onRetry: (ms) => (this.retry = ms),
      onEvent: ({ event, data }) => onFrame({ event: event ?? 'message', data, id: this.lastEventId }),
      onError: (error) => {
        if (error.type === 'max-buffer-size-exceeded')
          throw malformed(error.message);
      },
    });
  }

  push(bytes: Uint8Array): void {
    this.#parser.feed(this.#decoder.decode(bytes, { stream: true }));
  }
}
