import type { Root } from 'mdast';
import remarkGfm from 'remark-gfm';
import remarkMath from 'remark-math';
import remarkParse from 'remark-parse';
import { unified } from 'unified';

/** GitHub's Markdown without its single-tilde strike-through ("from ~3 to ~5"), and math. */
const parser = unified().use(remarkParse).use(remarkGfm, { singleTilde: false }).use(remarkMath);

/** Text to a Markdown tree. */
export const parse = (text: string): Root => parser.parse(text);
