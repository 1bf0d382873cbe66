import type { Element, Root as Tree } from 'hast';
import { toJsxRuntime } from 'hast-util-to-jsx-runtime';
import type { Root } from 'mdast';
import type { ReactElement } from 'react';
import { Fragment, jsx, jsxs } from 'react/jsx-runtime';
import rehypeSanitize, { defaultSchema, type Options as Schema } from 'rehype-sanitize';
import remarkRehype from 'remark-rehype';
import { unified } from 'unified';
import { visit } from 'unist-util-visit';
import { Code } from './Code';
import { Image } from './Image';
import { Link } from './Link';
import { linkedImages } from './linkedImages';
import { spellMath } from './math';
import { Mathematics } from './Mathematics';
import { parse } from './parse';
import { Table } from './Table';

/** GitHub's own list of what is harmless, without the protocols that no answer needs, and with the marks of math. */
const schema: Schema = {
  ...defaultSchema,
  attributes: { ...defaultSchema.attributes, code: [['className', /^language-/, 'math-inline', 'math-display']] },
  protocols: { ...defaultSchema.protocols, href: ['http', 'https', 'mailto'], src: ['http', 'https'] },
};

const safe = unified().use(htmlAsText).use(remarkRehype).use(rehypeSanitize, schema).use(linkedImages);

/**
 * One block of Markdown to React elements. No HTML is made on the way: what an answer writes as HTML is shown as the text it is, and the
 * tree is sanitised before anything becomes an element.
 * @param definitions the addresses of links that the block refers to
 * @param open whether the block is still being written
 */
export function render(block: string, definitions: string, open: boolean): ReactElement {
  const source = spellMath(block);
  const tree = parse(definitions !== '' && source.includes('[') ? `${source}\n\n${definitions}` : source);
  return toJsxRuntime(safe.runSync(tree) as Tree, {
    Fragment,
    jsx,
    jsxs,
    passNode: true,
    tableCellAlignToStyle: false,
    components: {
      a: Link,
      img: Image,
      table: Table,
      input: ({ checked }: { checked?: boolean }) => <input type="checkbox" checked={checked} disabled aria-label={checked ? 'Done' : 'To do'} />,
      pre: ({ node }: { node?: Element }) => codeBlock(node, open),
      code: ({ node, children }: { node?: Element; children?: React.ReactNode }) =>
        classes(node).includes('math-inline') ? <Mathematics formula={textOf(node)} open={open} /> : <code>{children}</code>,
    },
  });
}

function codeBlock(pre: Element | undefined, open: boolean) {
  const code = pre?.children[0] as Element | undefined;
  const names = classes(code);
  if (names.includes('math-display'))
    return <Mathematics formula={textOf(code)} display open={open} />;
  const language = names.find((name) => name.startsWith('language-'))?.slice('language-'.length);
  return <Code text={textOf(code)} language={language} open={open} />;
}

function classes(element: Element | undefined): string[] {
  const names = element?.properties.className;
  return Array.isArray(names) ? names.map(String) : [];
}

function textOf(element: Element | undefined): string {
  return (element?.children ?? []).map((child) => (child.type === 'text' ? child.value : '')).join('');
}

/** Turns HTML in the source into text; a line break, which models write into tables, into one. */
function htmlAsText() {
  return (tree: Root) =>
    visit(tree, 'html', (node, index, parent) => {
      if (!parent || index === undefined)
        return;
      const replacement = /^<br\s*\/?>$/i.test(node.value) ? ({ type: 'break' } as const) : ({ type: 'text', value: node.value } as const);
      parent.children[index] = isFlow(parent.type) ? { type: 'paragraph', children: [replacement] } : replacement;
    });
}

const isFlow = (type: string) => type === 'root' || type === 'blockquote' || type === 'listItem';
