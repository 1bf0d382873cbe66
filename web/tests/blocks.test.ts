import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { Blocks } from '../src/markdown/blocks';
import { parse } from '../src/markdown/parse';

const answer = `# Title

A paragraph
of two lines.

1. one

   more of one
2. two

| a | b |
|---|---|
| 1 | 2 |

\`\`\`js
const a = 1;

# no heading
\`\`\`
Text right behind, see [the source][1].

> quoted

[1]: https://example.org/

The end
`;

const seed = Date.now() % 1_000_000;

test('cut anywhere, an answer has the blocks of the whole', () => {
  let state = seed;
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  for (let round = 0; round < 20; round++) {
    const blocks = new Blocks();
    let cut = blocks.update('');
    for (let at = 0; at < answer.length; ) {
      at = Math.min(answer.length, at + 1 + Math.floor(random() * 30));
      cut = blocks.update(answer.slice(0, at));
      expect([...cut.done, cut.open].join(''), `seed ${seed}`).toBe(answer.slice(0, at));
    }
    const kinds = [...cut.done, cut.open].map((block) => parse(block).children.map((child) => child.type));
    expect(kinds, `seed ${seed}`).toEqual(parse(answer).children.map((child) => [child.type]));
  }
});

test('a block that is done is the same string from then on', () => {
  const blocks = new Blocks();
  const before = blocks.update('one\n\ntwo\n\nthree').done;
  const after = blocks.update('one\n\ntwo\n\nthree and more').done;
  expect(after).toBe(before);
});

test('a link gets its address from a definition that comes later', () => {
  const blocks = new Blocks();
  blocks.update('[a][1]\n\n');
  expect(blocks.update('[a][1]\n\n[1]: https://example.org/\n\nend\n').definitions).toBe('[1]: https://example.org/\n');
});

test('a fence of a thousand lines is not parsed for each of them', () => {
  let parsed = 0;
  const blocks = new Blocks((text) => {
    parsed++;
    return parse(text);
  });
  let text = 'Code:\n\n```\n';
  for (let line = 0; line < 1000; line++)
    blocks.update((text += `line ${line}\n`));
  expect(blocks.update(text + '```\n\nend\n').done).toHaveLength(2);
  expect(parsed).toBeLessThan(5);
});

test('a text that is not the continuation starts afresh', () => {
  const blocks = new Blocks();
  blocks.update('one\n\ntwo\n\n');
  expect(blocks.update('other')).toEqual({ done: [], open: 'other', definitions: '' });
});

test('the blocks of a long answer keep its characters once, not all of it for each block', () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const held = () => (collect(), process.memoryUsage().heapUsed);
  const paragraph = `${'A plate waits in the window. '.repeat(10)}\n\n`;
  const blocks = new Blocks();
  let text = '', cut = blocks.update(text);
  const before = held();
  for (let i = 0; i < 1000; i++)
    cut = blocks.update((text += paragraph));

  const grown = held() - before;
  expect(cut.done.length).toBe(999);
  // The answer itself, what it is made of, and its blocks; kept by each of its blocks it would be five hundred times as long.
  expect(grown).toBeLessThan(6 * text.length);
});
