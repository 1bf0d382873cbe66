import { expect, test } from 'vitest';
import { Delay, MaxBacklog, reveal } from '../src/markdown/reveal';

test.each([10, 50, 300])('at %i tokens a second no lag builds up', (rate) => {
  const frame = 1000 / 60, token = 'word ';
  let text = '', shown = 0, owed = 0, worst = 0;
  for (let at = 0; at < 60_000; at += frame) {
    for (owed += (rate * frame) / 1000; owed >= 1; owed--)
      text += token;
    shown = reveal(shown, text, frame);
    worst = Math.max(worst, text.length - shown);
  }
  // What has come within the delay, and one token that may just have come.
  expect(worst).toBeLessThan((rate * token.length * Delay) / 1000 + 2 * token.length);
});

test('an answer that was read up from its start is there at once', () => {
  const text = 'x'.repeat(MaxBacklog + 1);
  expect(reveal(0, text, 16)).toBe(text.length);
});

test('it always goes on and never beyond the end', () => {
  expect(reveal(4, 'hello', 0)).toBe(5);
  expect(reveal(5, 'hello', 16)).toBe(5);
});

test('a character of two units is never shown by half', () => {
  const text = '😀'.repeat(40);
  for (let shown = 0; shown < text.length; ) {
    shown = reveal(shown, text, 5);
    expect(shown % 2).toBe(0);
  }
});
