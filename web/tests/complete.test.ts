import { expect, test } from 'vitest';
import { complete } from '../src/markdown/complete';

test.each([
  ['a **bold', 'a **bold**'],
  ['a `code', 'a `code`'],
  ['see [the so', 'see the so'],
  ['see [the source](https://exa', 'see the source'],
  ['para\n--', 'para'],
  ['para\n=', 'para'],
  ['- one\n-', '- one'],
  ['- one\n2', '- one'],
  ['##', ''],
  ['``', ''],
  ['| a', '| a|\n| --- |'],
  ['| a | b |', '| a | b |\n| --- | --- |'],
  ['| a | b |\n|--', '| a | b |\n| --- | --- |'],
  ['Prices:\n\n| a | b', 'Prices:\n\n| a | b|\n| --- | --- |'],
  ['Prices:\n\n-', 'Prices:\n'],
  ['- a\n  ```\n  x\n\n  | y', '- a\n  ```\n  x\n\n  | y'],
  ['| a | b |\n|---|---|\n| 1', '| a | b |\n|---|---|\n| 1'],
  ['```js\nlet a', '```js\nlet a'],
  ['```js\nlet a\n``', '```js\nlet a'],
  ['2026 is a year', '2026 is a year'],
])('%j is shown as %j', (written, shown) => expect(complete(written)).toBe(shown));
