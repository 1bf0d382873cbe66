/**
 * Text of an answer -> DOM, line by line as it arrives: paragraphs, fenced code, inline code, bold; everything else stays the text it is.
 * It makes elements and text nodes only and sets no attribute but `class`, so no text, however hostile, can become a link, an image or a script.
 * What is finished is never touched again: a token costs the last line, not the whole answer.
 */

/** A line longer than this (UTF-16 units) is shown as it is: looking for spans on every frame would get dear. */
const MaxSpannedLine = 8000;

/** CommonMark 4.5: three or more of the same character, indented by three spaces at most; behind ` no further ` may follow. */
const Fence = /^ {0,3}(?:(`{3,})([^`]*)|(~{3,})(.*))$/;

export class TextRenderer {
  #container;
  #doc;
  #line = '';
  /** @type {HTMLElement | null} */
  #paragraph = null;
  /** @type {{element: HTMLElement, fence: string} | null} */
  #code = null;
  /** What shows the line that is not complete yet. @type {HTMLElement | null} */
  #open = null;

  /** @param {HTMLElement} container @param {Document} [doc] */
  constructor(container, doc = document) {
    this.#container = container;
    this.#doc = doc;
  }

  /** Takes the next text; {@link paint} shows the line that it leaves open. @param {string} text */
  append(text) {
    let from = 0;
    for (let end; (end = text.indexOf('\n', from)) >= 0; from = end + 1) {
      this.#complete(this.#line + text.slice(from, end));
      this.#line = '';
    }
    this.#line += text.slice(from);
  }

  /** Shows the last line as far as it has come: once a frame. */
  paint() {
    this.#dropOpen();
    if (this.#line === '' || mayBecomeFence(this.#line, this.#code))
      return;
    this.#open = this.#element('span', 'open');
    if (this.#code) {
      this.#open.append(this.#text(this.#line));
      this.#code.element.append(this.#open);
    } else {
      this.#open.append(...this.#lineNodes(this.#line, true));
      this.#paragraphElement().append(this.#open);
    }
  }

  /** Takes what there is as complete. */
  finish() {
    if (this.#line !== '')
      this.#complete(this.#line);
    this.#line = '';
    this.#dropOpen();
  }

  /** @param {string} line without its end */
  #complete(line) {
    this.#dropOpen();
    if (line.endsWith('\r'))
      line = line.slice(0, -1);

    if (this.#code) {
      if (closes(line, this.#code.fence))
        this.#code = null;
      else
        this.#code.element.append(this.#text(line + '\n'));
      return;
    }

    const fence = Fence.exec(line);
    if (fence) {
      this.#openCode(fence[1] ?? fence[3], (fence[2] ?? fence[4]).trim());
    } else if (line.trim() === '') {
      this.#paragraph = null;
    } else {
      const nodes = this.#lineNodes(line, false);
      this.#paragraphElement().append(...nodes);
    }
  }

  /** @param {string} fence @param {string} info */
  #openCode(fence, info) {
    this.#paragraph = null;
    const block = this.#element('pre', 'code');
    const language = info.split(/\s/, 1)[0].slice(0, 40);
    if (language !== '') {
      const label = this.#element('span', 'language');
      label.append(this.#text(language));
      block.append(label);
    }
    const element = this.#element('code');
    block.append(element);
    this.#container.append(block);
    this.#code = { element, fence };
  }

  #dropOpen() {
    this.#open?.remove();
    this.#open = null;
    // The open line may have been the beginning of a fence, which needs no paragraph.
    if (this.#paragraph && this.#paragraph.childNodes.length === 0) {
      this.#paragraph.remove();
      this.#paragraph = null;
    }
  }

  #paragraphElement() {
    if (!this.#paragraph) {
      this.#paragraph = this.#element('p');
      this.#container.append(this.#paragraph);
    }
    return this.#paragraph;
  }

  /** @param {string} line @param {boolean} open whether a span without an end may still get one */
  #lineNodes(line, open) {
    const nodes = line.length > MaxSpannedLine ? [this.#text(line)] : spans(line, open).map((span) => this.#spanNode(span));
    return this.#paragraph ? [this.#text('\n'), ...nodes] : nodes;
  }

  /** @param {Span} span @returns {Node} */
  #spanNode(span) {
    if (span.kind === 'text')
      return this.#text(span.text);
    const element = this.#element(span.kind === 'code' ? 'code' : 'strong');
    if (span.kind === 'bold')
      element.append(...spans(span.text, span.open, false).map((inner) => this.#spanNode(inner)));
    else
      element.append(this.#text(span.text));
    return element;
  }

  /** @param {string} name @param {string} [className] */
  #element(name, className) {
    const element = this.#doc.createElement(name);
    if (className)
      element.className = className;
    return element;
  }

  /** @param {string} text */
  #text(text) {
    return this.#doc.createTextNode(text);
  }
}

/** @typedef {{kind: 'text' | 'code' | 'bold', text: string, open: boolean}} Span */

/**
 * One line cut into plain text, `code` and **bold**.
 * @param {string} line @param {boolean} open @param {boolean} [bold] whether bold may occur
 * @returns {Span[]}
 */
function spans(line, open, bold = true) {
  /** @type {Span[]} */
  const found = [];
  // Lengths of backtick runs that have no partner in the rest: each is looked for once, so a hostile line stays linear.
  const alone = new Set();
  let boldAlone = !bold;
  let plain = 0;

  /** @param {number} at @param {number} next @param {Span} span */
  const add = (at, next, span) => {
    if (at > plain)
      found.push({ kind: 'text', text: line.slice(plain, at), open: false });
    if (span.text !== '')
      found.push(span);
    plain = next;
  };

  for (let at = 0; at < line.length; ) {
    if (line[at] === '`') {
      const from = endOfRun(line, at);
      const length = from - at;
      const end = alone.has(length) ? -1 : findRun(line, from, length);
      if (end >= 0) {
        add(at, end + length, { kind: 'code', text: line.slice(from, end), open: false });
        at = plain;
      } else if (open && length === 1) {
        add(at, line.length, { kind: 'code', text: line.slice(from), open: true });
        at = plain;
      } else {
        alone.add(length);
        at = from;
      }
    } else if (!boldAlone && line.startsWith('**', at) && /\S/.test(line[at + 2] ?? '')) {
      const end = findBoldEnd(line, at + 3);
      if (end >= 0) {
        add(at, end + 2, { kind: 'bold', text: line.slice(at + 2, end), open: false });
        at = plain;
      } else if (open) {
        add(at, line.length, { kind: 'bold', text: line.slice(at + 2), open: true });
        at = plain;
      } else {
        boldAlone = true;
        at += 2;
      }
    } else {
      at++;
    }
  }

  if (plain < line.length)
    found.push({ kind: 'text', text: line.slice(plain), open: false });
  return found;
}

/** @param {string} line @param {number} from */
function endOfRun(line, from) {
  while (line[from] === '`')
    from++;
  return from;
}

/** A run of exactly so many backticks. @param {string} line @param {number} from @param {number} length */
function findRun(line, from, length) {
  for (let at = line.indexOf('`', from); at >= 0; ) {
    const end = endOfRun(line, at);
    if (end - at === length)
      return at;
    at = line.indexOf('`', end);
  }
  return -1;
}

/** @param {string} line @param {number} from */
function findBoldEnd(line, from) {
  let end = line.indexOf('**', from);
  while (end >= 0 && /\s/.test(line[end - 1]))
    end = line.indexOf('**', end + 1);
  return end;
}

/** @param {string} line @param {string} fence */
function closes(line, fence) {
  const mark = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(line)?.[1];
  return mark !== undefined && mark[0] === fence[0] && mark.length >= fence.length;
}

/** An open line that may still turn out to be a fence is held back, so that the marks do not flash up. @param {string} line @param {object | null} code */
function mayBecomeFence(line, code) {
  return code ? /^ {0,3}(`+|~+)[ \t]*$/.test(line) : /^ {0,3}(`{1,2}|~{1,2})$/.test(line) || Fence.test(line);
}
