import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { EventStreamParser, MaxEventLength, type Frame } from '../src/event-stream.js';
import { repositoryRoot } from './root.js';

interface Case {
  name: string;
  chunks: string[];
  expected: Frame[];
  lastEventId: string;
  retry: number | null;
}

const cases: Case[] = JSON.parse(readFileSync(join(repositoryRoot, 'tests/fixtures/sse-parser-cases.json'), 'utf8'));

/** Above this many bytes, one byte at a time would take longer than it tells. */
const MaxBytewise = 100_000;

function read(chunks: Uint8Array[]) {
  const frames: Frame[] = [];
  const parser = new EventStreamParser((frame) => frames.push(frame));
  for (const chunk of chunks)
    parser.push(chunk);
  return { frames, lastEventId: parser.lastEventId, retry: parser.retry ?? null };
}

describe('the cases of the web platform', () => {
  assert.ok(cases.length >= 127);
  for (const { name, chunks, expected, lastEventId, retry } of cases) {
    const given = chunks.map((chunk) => Buffer.from(chunk, 'base64'));
    const bytes = Buffer.concat(given);
    const wanted = { frames: expected.map(({ event, data, id }) => ({ event, data, id })), lastEventId, retry };

    test(name, () => {
      assert.deepEqual(read(given), wanted, 'in the chunks of the case');
      assert.deepEqual(read([bytes]), wanted, 'in one chunk');
      if (bytes.length <= MaxBytewise)
        assert.deepEqual(read([...bytes].map((byte) => Uint8Array.of(byte))), wanted, 'byte by byte');
      for (let cut = 1; cut < Math.min(bytes.length, 500); cut++)
        assert.deepEqual(read([bytes.subarray(0, cut), bytes.subarray(cut)]), wanted, `cut at ${cut}`);
    });
  }
});

test('an event that never ends is refused, not gathered for ever', () => {
  const parser = new EventStreamParser(() => {});
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  parser.push(Buffer.from('data: '));
  assert.throws(() => {
    for (let length = 0; length <= MaxEventLength; length += chunk.length)
      parser.push(chunk);
  }, /max buffer size/);
});
