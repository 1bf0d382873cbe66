/** What no further attempt would mend. */
export class Malformed extends Error {}

/** @param {import('./event-stream.js').EventStreamParser} parser @param {Uint8Array} bytes */
export function parse(parser, bytes) {
  try {
    parser.push(bytes);
  } catch (error) {
    throw error instanceof RangeError ? new Malformed(error.message) : error;
  }
}

/** @param {string} data */
export function parseJson(data) {
  try {
    const event = JSON.parse(data);
    if (event !== null && typeof event === 'object')
      return event;
  } catch {
    // said below
  }
  throw new Malformed('An event is not a JSON object.');
}
