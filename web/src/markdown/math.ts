/**
 * What stands outside of code, in the order it must be looked for: fences, code spans, `\[…\]`, `\(…\)`, `$$…$$`, escapes, `$`.
 * Each alternative that may lack its end runs to the end of the text: it is still being written.
 */
const Tokens = new RegExp(
  [
    /(?<fence>(?:^|\n)[ \t>]*(?<mark>`{3,}|~{3,})(?:[\s\S]*?\n[ \t>]*\k<mark>[`~]*[ \t]*(?=\n|$)|[\s\S]*$))/,
    /(?<span>(?<!`)(?<ticks>`+)(?!`)[\s\S]*?(?<!`)\k<ticks>(?!`))/,
    /\\\[(?<bracketed>[\s\S]*?)(?:\\\]|(?<openBracket>$))/,
    /\\\((?<parenthesised>[\s\S]*?)(?:\\\)|(?<openParenthesis>$))/,
    /\$\$(?<display>[\s\S]*?)(?:\$\$|(?<openDisplay>$))/,
    /(?<escape>\\[\s\S])/,
    // Pandoc's rule: no space inside the dollars, no digit behind them. "$5 and $10" is money.
    /\$(?<inline>(?=[^\s$])(?:\\[\s\S]|[^\\$\n])*?(?<=\S))\$(?!\d)/,
    /\$(?<begun>(?![\s\d$])[^$\n]{0,60}$)/,
    /(?<dollar>\$)/,
  ].map((part) => part.source).join('|'),
  'g',
);

/**
 * Brings the ways in which models write math to the one that the parser reads: `$…$` within a line, `$$` on lines of their own for display.
 * A lone dollar is money.
 * @param text one block
 * @param open whether it is being written: then a formula that has begun in its last words is held back until its end shows that it is one
 */
export function spellMath(text: string, open = false): string {
  if (!/[$]|\\[[(]/.test(text))
    return text;
  return text.replace(Tokens, (whole, ...rest) => {
    const groups = rest.at(-1) as Record<string, string | undefined>;
    const at = rest.at(-3) as number;
    const display = groups.bracketed ?? groups.display;
    if (display !== undefined)
      return asDisplay(display, text, at, whole);
    if (groups.parenthesised !== undefined)
      return groups.openParenthesis === undefined ? `$${groups.parenthesised.trim()}$` : '';
    if (groups.begun !== undefined)
      return open ? '' : `\\$${groups.begun}`;
    if (groups.dollar !== undefined)
      return '\\$';
    return whole;
  });
}

/** A formula that is shown by itself, unless the line is one of a table, which it would break. */
function asDisplay(formula: string, text: string, at: number, whole: string): string {
  const line = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
  if (line.trimStart().startsWith('|'))
    return `$${formula.trim()}$`;
  const indent = /^(?:[ \t>]|[-*+] |\d{1,9}[.)] )*/.exec(line)![0].replace(/[^>\t]/g, ' ');
  const lines = formula.trim().split('\n').map((each) => indent + each.trim());
  const before = line.trim() === indent.trim() && line.length === indent.length && !/\S/.test(line.replaceAll('>', '')) ? '' : `\n${indent}`;
  const after = text.slice(at + whole.length);
  return `${before}$$\n${lines.join('\n')}\n${indent}$$${after === '' || after.startsWith('\n') ? '' : `\n${indent}`}`;
}
