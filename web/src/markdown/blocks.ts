import { parse } from './parse';

/** A fence that opens, with what stands behind it (CommonMark 4.5). */
export const Fence = /^ {0,3}(?:(`{3,})[^`\n]*|(~{3,})[^\n]*)$/;

/** A line that only gives a link its address: `[1]: https://…` (CommonMark 4.7). */
const Definition = /^ {0,3}\[[^\]\n]+\]:[ \t]*\S.*$/gm;

/** What {@link Blocks.update} found. */
export interface Cut {
  /** The blocks that nothing that follows can change. */
  readonly done: readonly string[];
  /** The block that is being written; '' if none is. */
  readonly open: string;
  /** The link definitions of all blocks, for those that refer to them. */
  readonly definitions: string;
}

/**
 * Cuts an answer into its top-level blocks while it grows. A block is done once another one follows it, and is then neither parsed nor
 * rendered again: a token costs the last block, not the whole answer.
 */
export class Blocks {
  #text = '';
  #done: string[] = [];
  #definitions = '';
  /** Where the open block begins. */
  #from = 0;
  /** Up to where lines were looked at for the end of the open block. */
  #seen = 0;
  /** The mark that closes the fence which the open block is; '' if it is none. */
  #fence = '';
  readonly #parse;

  constructor(parser = parse) {
    this.#parse = parser;
  }

  /** @param text the answer so far; one that does not begin with what was there before starts afresh */
  update(text: string): Cut {
    if (!text.startsWith(this.#text)) {
      this.#done = [];
      this.#definitions = this.#fence = '';
      this.#from = this.#seen = 0;
    }
    this.#text = text;
    const end = text.lastIndexOf('\n') + 1; // an incomplete line may still turn out to be anything
    if (end > this.#seen)
      this.#advance(end);
    return { done: this.#done, open: alone(text.slice(this.#from)), definitions: this.#definitions };
  }

  #advance(end: number) {
    if (this.#fence !== '' && !this.#closes(end)) {
      this.#seen = end;
      return;
    }
    this.#seen = end;

    const offsets = this.#parse(this.#text.slice(this.#from, end)).children.map((child) => child.position?.start.offset ?? 0);
    const last = offsets.at(-1) ?? 0;
    for (let i = 0; i + 1 < offsets.length; i++)
      this.#finish(this.#text.slice(this.#from + offsets[i]!, this.#from + offsets[i + 1]!));
    this.#from += last;

    const line = this.#text.slice(this.#from, this.#text.indexOf('\n', this.#from));
    const fence = Fence.exec(line);
    this.#fence = fence?.[1] ?? fence?.[2] ?? '';
    if (this.#fence !== '' && closing(this.#text.slice(this.#from + line.length, end), this.#fence))
      this.#fence = '';
  }

  #closes(end: number) {
    return closing(this.#text.slice(this.#seen, end), this.#fence);
  }

  #finish(block: string) {
    this.#done = [...this.#done, alone(block)];
    if (block.includes(']:') && !Fence.test(block.slice(0, block.indexOf('\n'))))
      this.#definitions += (block.match(Definition) ?? []).map((line) => `${line}\n`).join('');
  }
}

/**
 * The same characters as a string of their own. What an engine cuts out of a string keeps all of that string in memory, and a growing answer is
 * another string each time: every block, and every word that is cut out of it later, would keep the whole answer as it was then.
 */
function alone(part: string) {
  return ` ${part}`.slice(1);
}

/** Whether a line among these closes a fence. */
function closing(lines: string, fence: string) {
  return new RegExp(`^ {0,3}\\${fence[0]}{${fence.length},}[ \\t]*$`, 'm').test(lines);
}
