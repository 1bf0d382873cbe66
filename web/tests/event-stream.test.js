import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { EventStreamParser, MaxEventLength } from '../event-stream.js';

const cases = JSON.parse(readFileSync(new URL('../../tests/fixtures/sse-parser-cases.json', import.meta.url), 'utf8'));

const cuts = {
  'chunks as given': (chunks) => chunks,
  'one chunk': (chunks) => [Buffer.concat(chunks)],
  'byte by byte': (chunks) => [...Buffer.concat(chunks)].map((byte) => Uint8Array.of(byte)),
};

test('The fixture holds its cases', () => assert.ok(cases.length >= 127));

for (const [name, cut] of Object.entries(cuts)) {
  test(`Every case of the fixture, ${name}`, async (t) => {
    for (const item of cases) {
      await t.test(item.name, () => {
        const events = [];
        const parser = new EventStreamParser((event) => events.push(event));
        for (const chunk of cut(item.chunks.map((chunk) => Buffer.from(chunk, 'base64'))))
          parser.push(chunk);
        assert.deepEqual(events, item.expected);
        assert.equal(parser.lastEventId, item.lastEventId);
        assert.equal(parser.retry, item.retry);
      });
    }
  });
}

test('A parser that continues a stream begins with the id it was given', () => {
  const ids = [];
  const parser = new EventStreamParser((event) => ids.push(event.id), 'turn:7');
  parser.push(new TextEncoder().encode('data: a\n\n'));
  assert.deepEqual(ids, ['turn:7']);
});

test('A line without an end is refused at the bound instead of filling the memory', () => {
  const parser = new EventStreamParser(() => {});
  const piece = new Uint8Array(1024 * 1024).fill(97);
  assert.throws(() => {
    for (let sent = 0; sent <= MaxEventLength; sent += piece.length)
      parser.push(piece);
  }, RangeError);
});

test('Data lines without a blank line are refused at the bound', () => {
  const parser = new EventStreamParser(() => {});
  const line = new TextEncoder().encode(`data: ${'a'.repeat(1024 * 1024)}\n`);
  assert.throws(() => {
    for (let sent = 0; sent <= MaxEventLength; sent += line.length)
      parser.push(line);
  }, RangeError);
});
