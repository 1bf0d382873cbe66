import { expect, test } from 'vitest';
import { parse } from '../src/markdown/parse';
import { spellMath } from '../src/markdown/math';

test.each([
  ['It costs $5 and $10 more', 'It costs \\$5 and \\$10 more'],
  ['where $x$ is', 'where $x$ is'],
  ['where \\(x_1\\) is', 'where $x_1$ is'],
  ['\\[ x = 1 \\]', '$$\nx = 1\n$$'],
  ['$$x = 1$$', '$$\nx = 1\n$$'],
  ['thus $$x = 1$$ holds', 'thus \n$$\nx = 1\n$$\n holds'],
  ['- so \\[x\\]', '- so \n  $$\n  x\n  $$'],
  ['| $$x$$ | $y$ |', '| $x$ | $y$ |'],
  ['`$x$` and ``\\(y\\)``', '`$x$` and ``\\(y\\)``'],
  ['- a\n  ```sh\n  echo $HOME\n  ```', '- a\n  ```sh\n  echo $HOME\n  ```'],
  ['\\$5', '\\$5'],
  ['so far \\(x', 'so far '],
])('%j is read as %j', (written, read) => expect(spellMath(written)).toBe(read));

test('display math stays in its list', () => {
  const tree = parse(spellMath('1. first\n   \\[ a \\]\n2. second'));
  expect(tree.children.map((child) => child.type)).toEqual(['list']);
});

test('a formula that is still being written is one already', () => {
  const tree = parse(spellMath('\\[ \\frac{a'));
  expect(tree.children[0]).toMatchObject({ type: 'math', value: '\\frac{a' });
});
