import { button, element } from './dom.js';
import { TextRenderer } from './render.js';
import { ToolChip } from './tool-chip.js';
import { adviceFor, wordsForEnd, wordsForUsage } from './words.js';

/** @typedef {Record<string, any>} TurnEvent */

/** How many citations and suggested questions of one answer are shown. */
const MaxCitations = 50;
const MaxSuggestions = 6;

/** One answer on the page: the events of a turn, in the order they came. */
export class Answer {
  #content = element('div', 'content');
  #waiting = element('div', 'waiting', element('i'), element('i'), element('i'));
  #sources = element('ol', 'sources');
  #foot = element('p', 'foot');
  /** What the next text or reasoning is added to. @type {{kind: string, renderer: TextRenderer} | null} */
  #part = null;
  /** @type {Map<string, ToolChip>} */
  #tools = new Map();
  #onAsk;

  /** @param {(question: string) => void} onAsk a suggested question was chosen */
  constructor(onAsk) {
    this.#onAsk = onAsk;
    this.#waiting.setAttribute('role', 'img');
    this.#waiting.setAttribute('aria-label', 'Waiting for the answer');
    this.element = element('article', 'answer', this.#content, this.#waiting);
    this.element.setAttribute('aria-label', 'Answer');
  }

  /** Takes an event; {@link paint} shows what it left open. @param {TurnEvent} event */
  apply(event) {
    switch (event.type) {
      case 'token':
        return this.#say('text', event.token);
      case 'reasoning':
        return this.#say('reasoning', event.reasoning);
      case 'tool_arguments':
        return this.#tool(event).write(String(event.delta ?? ''));
      case 'tool_call':
        return this.#tool(event).call(event);
      case 'tool_result':
        return this.#tool(event).result(event);
      case 'action':
        return this.#tools.get(String(event.id))?.acted(); // shown only where the model wrote it in pieces
      case 'citation':
        return this.#cite(event.citation);
      case 'seam':
        return this.#add(element('p', 'seam', `The connection to the model broke; ${event.model ?? 'a model'} goes on.`));
      case 'usage':
        return this.#note('usage', wordsForUsage(event));
      case 'suggested_questions':
        return this.#suggest(event.suggested_questions);
      case 'done':
        return this.end(String(event.finish_reason));
    }
  }

  /** Once a frame. */
  paint() {
    this.#part?.renderer.paint();
  }

  /** @param {string} [reason] */
  end(reason = 'stop') {
    this.#close();
    this.#waiting.remove();
    for (const chip of this.#tools.values())
      chip.settle();
    this.#note('end', wordsForEnd(reason));
  }

  /**
   * What went wrong stands below the answer, never in its text.
   * @param {import('./problem.js').Problem} problem @param {string} [label] @param {() => void} [onRetry]
   */
  fail(problem, label, onRetry) {
    this.#close();
    this.#waiting.remove();
    this.element.append(problemBox(problem, label, onRetry));
  }

  /** @param {'text' | 'reasoning'} kind @param {unknown} text */
  #say(kind, text) {
    if (typeof text !== 'string' || text === '')
      return;
    if (this.#part?.kind !== kind) {
      this.#close();
      const host = element('div', kind);
      this.#add(kind === 'text' ? host : element('details', 'thinking', element('summary', '', 'Thinking'), host));
      this.#part = { kind, renderer: new TextRenderer(host) };
    }
    // The dots stand for the answer, so thinking alone does not end them.
    if (kind === 'text')
      this.#waiting.remove();
    this.#part.renderer.append(text);
  }

  /** @param {TurnEvent} event */
  #tool({ id, name }) {
    let chip = this.#tools.get(id);
    if (!chip) {
      this.#close();
      chip = new ToolChip(String(name ?? 'a tool'));
      this.#tools.set(id, chip);
      this.#add(chip.element);
    }
    return chip;
  }

  /** @param {TurnEvent} [citation] */
  #cite(citation) {
    const url = webAddress(citation?.url);
    if (!url || this.#sources.childElementCount >= MaxCitations)
      return;
    const link = element('a', '', String(citation?.title ?? url.host).slice(0, 200));
    link.href = url.href;
    link.rel = 'noopener noreferrer';
    link.target = '_blank';
    this.#sources.append(element('li', '', link, ' ', element('span', 'host', url.host)));
    this.#content.after(this.#sources);
  }

  /** @param {unknown} questions */
  #suggest(questions) {
    if (!Array.isArray(questions))
      return;
    const buttons = questions.filter((question) => typeof question === 'string' && question.trim() !== '').slice(0, MaxSuggestions)
      .map((question) => button(question, 'suggestion', () => this.#onAsk(question)));
    this.element.append(element('div', 'suggestions', ...buttons));
  }

  /** @param {string} kind @param {string} words */
  #note(kind, words) {
    if (words === '')
      return;
    // How it ended stands before what it cost.
    const note = element('span', kind, words);
    kind === 'end' ? this.#foot.prepend(note) : this.#foot.append(note);
    if (!this.#foot.isConnected)
      (this.#sources.isConnected ? this.#sources : this.#content).after(this.#foot);
  }

  /** @param {Element} part */
  #add(part) {
    this.#close();
    this.#content.append(part);
  }

  #close() {
    this.#part?.renderer.finish();
    this.#part = null;
  }
}

/** @param {import('./problem.js').Problem} problem @param {string} [label] @param {() => void} [onRetry] */
export function problemBox(problem, label, onRetry) {
  const words = [problem.detail, adviceFor(problem)].filter(Boolean).join(' ');
  const box = element('div', 'problem', element('strong', '', problem.title), words ? ` ${words} ` : ' ', element('code', '', problem.code), ' ');
  if (label && onRetry)
    box.append(button(label, 'retry', onRetry));
  return box;
}

/** A link from a model goes to the web or nowhere. @param {unknown} text */
export function webAddress(text) {
  try {
    const url = new URL(String(text));
    return url.protocol === 'https:' || url.protocol === 'http:' ? url : null;
  } catch {
    return null;
  }
}
