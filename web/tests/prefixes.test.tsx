import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { Blocks } from '../src/markdown/blocks';
import { complete } from '../src/markdown/complete';
import { render } from '../src/markdown/render';

const answer = `A **bold word**, *one*, ***both*** and \`some code\`, [a link](https://example.org/a_b).

| Dish | Price |
|---|---|
| Soup | **7** |

- one
- **two**
  1. inner

so \\(x^2\\) is $a_1$, at $5 or ~~not~~.

\\[ \\frac{1}{2} \\]

## Title with \`code\`

> quoted **words**

![a picture](https://example.org/i.png)

\`\`\`js
const a = 1;
\`\`\`

The end.`;

const done = new Map<string, string>();

function textOf(block: string, open: boolean) {
  const html = renderToStaticMarkup(render(open ? complete(block) : block, '', open));
  return html.replace(/<span class="math[^>]*><\/span>/g, '').replace(/<[^>]+>/g, '');
}

/** What a person would see while the answer arrives letter by letter: the text alone, formulas and code apart, in which marks are what they are. */
function* states() {
  const blocks = new Blocks();
  for (let at = 1; at <= answer.length; at++) {
    const cut = blocks.update(answer.slice(0, at));
    for (const block of cut.done)
      done.set(block, done.get(block) ?? textOf(block, false));
    yield [answer.slice(Math.max(0, at - 30), at), [...cut.done.map((block) => done.get(block)), textOf(cut.open, true)].join('\n')] as const;
  }
}

test('no state of an arriving answer shows a mark of its Markdown', () => {
  for (const [end, seen] of states())
    expect.soft(seen, JSON.stringify(end)).not.toMatch(/\*|`|\||\]|\[|---|\\|\$(?!5)|#|~|!/);
});

test('what is shown grows', () => {
  let before = '';
  for (const [end, seen] of states()) {
    // A mark that turns out to be one may take itself away, and no more.
    expect.soft(seen.trim().length, JSON.stringify(end)).toBeGreaterThanOrEqual(before.length - 1);
    before = seen.trim();
  }
});
