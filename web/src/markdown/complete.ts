import remend from 'remend';
import { Fence } from './blocks';
import { spellMath } from './math';

/** A last line that may still become anything: a list, a heading, a rule, a fence, a line under a heading. It is held back for that moment. */
const Undecided = /(?:^|\n)[ \t>]*(?:[-+*_=]{1,3}|[-+*] \[[ x]?\]?|\d{1,9}[.)]?|#{1,6}|`{1,3}|~{1,3}|\||!?\[|<|\$\$?|\\)[ \t]*$/;

/** The first marks of a span that has no text yet. */
const Empty = /(^|[\s(])(?:[*_]{1,3}|~~?|`{1,2}|!?\[|\$\$?|\\|!|<)$/;

/** Words in brackets at the end: those of a link whose address follows, or an image's. */
const Bracketed = /(!?)\[([^[\]\n]*)\]$/;

/** An image that has begun. */
const OpenImage = /!\[[^\]\n]*$/;

/** The head of a table whose line of dashes has not come, or not wholly. */
const TableHead = /^([ \t]*\|[^\n]*)(?:\n[ \t|:-]*)?$/;

/** A fence that a list or a quotation holds. */
const FenceInside = /^[ \t>]*(?:[-*+]|\d+[.)])?[ \t>]*(?:`{3}|~{3})/m;

/**
 * A block that is being written as it will look when it is whole: spans get the end they still lack, a table its line of dashes, and
 * marks whose meaning is open are held back, so that nothing flashes up as what it is not.
 */
export function complete(block: string): string {
  const first = block.slice(0, (block.indexOf('\n') + 1 || block.length + 1) - 1);
  if (Fence.test(first))
    return block.replace(/\n[ \t]*(?:`{1,}|~{1,})[ \t]*$/, '');

  const decided = spellMath(block, true)
    .replace(Undecided, '')
    .replace(OpenImage, '')
    .replace(Empty, '$1')
    .replace(Bracketed, (_, image, words) => (image ? '' : words));
  // What stands before it is a block of its own, which is done with the next line.
  const last = decided.lastIndexOf('\n\n') + 2;
  const from = last > 1 && !FenceInside.test(decided) ? last : 0;
  const head = TableHead.exec(decided.slice(from));
  if (head)
    return decided.slice(0, from) + table(head[1]!);
  return remend(decided, { linkMode: 'text-only', comparisonOperators: false, htmlTags: false });
}

function table(head: string) {
  const inner = head.trim().replace(/^\|/, '').replace(/\|$/, '');
  const columns = inner.replace(/\\\|/g, '').split('|').length;
  return `|${inner}|\n|${' --- |'.repeat(columns)}`;
}
