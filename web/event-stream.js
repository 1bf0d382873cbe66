/**
 * The `text/event-stream` format: bytes in, events out, whatever the cuts between the reads.
 * WHATWG HTML, 9.2.5 "Parsing an event stream" and 9.2.6 "Interpreting an event stream".
 */

/**
 * @typedef {object} StreamEvent
 * @property {string} event the type; `message` where the stream names none
 * @property {string} data
 * @property {string} id the last event ID at dispatch; it persists from block to block
 */

/** The longest line and the longest data of one event, in UTF-16 units. A stream that goes beyond is refused. */
export const MaxEventLength = 16 * 1024 * 1024;

export class EventStreamParser {
  // "Streams must be decoded using the UTF-8 decode algorithm": it strips one leading BOM, and only one.
  #decoder = new TextDecoder('utf-8');
  #onEvent;
  #line = '';
  #afterCarriageReturn = false;
  #data = '';
  #hasData = false;
  #event = '';
  #id;

  /** What a reconnect sends as `Last-Event-ID`; '' means no header. */
  lastEventId;

  /** The last valid reconnection time in milliseconds, or null. @type {number | null} */
  retry = null;

  /**
   * @param {(event: StreamEvent) => void} onEvent
   * @param {string} [lastEventId] where an earlier response of the same stream ended
   */
  constructor(onEvent, lastEventId = '') {
    this.#onEvent = onEvent;
    this.lastEventId = this.#id = lastEventId;
  }

  /**
   * Takes the next bytes. There is no `end`: "once the end of the file is reached, any pending data must be discarded".
   * @param {Uint8Array} bytes
   * @throws {RangeError} a line or an event is longer than {@link MaxEventLength}
   */
  push(bytes) {
    const text = this.#decoder.decode(bytes, { stream: true });
    let from = 0;
    while (from < text.length) {
      // A CR ends its line at once, without waiting for the byte behind it; if that is an LF, it belongs to the same line end.
      if (this.#afterCarriageReturn) {
        this.#afterCarriageReturn = false;
        if (text[from] === '\n') {
          from++;
          continue;
        }
      }

      const end = lineEnd(text, from);
      if (end < 0) {
        this.#line += text.slice(from);
        if (this.#line.length > MaxEventLength)
          throw new RangeError(`A line is longer than ${MaxEventLength} characters.`);
        return;
      }

      const line = this.#line + text.slice(from, end);
      this.#line = '';
      this.#afterCarriageReturn = text[end] === '\r';
      from = end + 1;
      this.#take(line);
    }
  }

  /** @param {string} line */
  #take(line) {
    if (line === '')
      return this.#dispatch();

    const colon = line.indexOf(':');
    if (colon === 0)
      return; // a comment
    const field = colon < 0 ? line : line.slice(0, colon);
    let value = colon < 0 ? '' : line.slice(colon + 1);
    if (value[0] === ' ')
      value = value.slice(1);

    switch (field) {
      case 'data':
        this.#data += this.#hasData ? '\n' + value : value;
        this.#hasData = true;
        if (this.#data.length > MaxEventLength)
          throw new RangeError(`An event is longer than ${MaxEventLength} characters.`);
        break;
      case 'event':
        this.#event = value;
        break;
      case 'id':
        // "If the field value does not contain U+0000 NULL, then set the last event ID buffer to the field value."
        if (!value.includes('\0'))
          this.#id = value;
        break;
      case 'retry':
        if (/^[0-9]+$/.test(value))
          this.retry = parseInt(value, 10);
        break;
    }
  }

  #dispatch() {
    // The blank line commits the id, not its own line: a block that was cut must not be skipped on return.
    this.lastEventId = this.#id;
    const event = { event: this.#event || 'message', data: this.#data, id: this.#id };
    const dispatched = this.#hasData;
    this.#data = this.#event = '';
    this.#hasData = false;
    if (dispatched)
      this.#onEvent(event);
  }
}

/** @param {string} text @param {number} from */
function lineEnd(text, from) {
  for (let i = from; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 10 || unit === 13)
      return i;
  }
  return -1;
}
