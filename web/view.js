import { Answer, problemBox } from './answer.js';
import { element } from './dom.js';
import { TextRenderer } from './render.js';
import { wordsForEnd } from './words.js';

/** How near to the end (pixels) a reader counts as being there. */
const Near = 60;

/** How often (milliseconds) a page in the background is brought up to date: it gets no frames. */
const HiddenFrame = 500;

const byId = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));

/** The page: what is on it and what a person does with it. It knows nothing of requests. */
export class View {
  #scroll = byId('scroll');
  #log = byId('log');
  #empty = byId('empty');
  #message = /** @type {HTMLTextAreaElement} */ (byId('message'));
  #latest = byId('latest');
  #following = true;
  #lastTop = 0;
  #framed = false;
  /** @type {(() => void)[]} */
  #changes = [];
  /** @type {Set<Answer>} */
  #changed = new Set();
  #on;

  /** @param {{send: (text: string) => void, stop: () => void, fresh: () => void, theme: () => void}} on */
  constructor(on) {
    this.#on = on;
    const composer = byId('composer');
    composer.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#message.addEventListener('keydown', (event) => {
      // While an input method composes, Enter belongs to it (keyCode 229 is Safari's way to say so).
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
        event.preventDefault();
        this.#submit();
      }
    });
    this.#message.addEventListener('input', () => this.#fit());
    document.addEventListener('keydown', (event) => event.key === 'Escape' && !event.isComposing && on.stop());
    byId('stop').addEventListener('click', on.stop);
    byId('new').addEventListener('click', on.fresh);
    byId('theme').addEventListener('click', on.theme);
    this.#latest.addEventListener('click', () => this.#follow());
    this.#scroll.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.#following && this.#follow()).observe(this.#scroll);
  }

  /** @param {string} text */
  addQuestion(text) {
    const host = element('div', 'question');
    const renderer = new TextRenderer(host);
    renderer.append(text);
    renderer.finish();
    const article = element('article', 'asked', host);
    article.setAttribute('aria-label', 'You');
    this.#append(article);
    return article;
  }

  addAnswer() {
    const answer = new Answer((question) => this.#on.send(question));
    this.#append(answer.element);
    return answer;
  }

  /** An answer of the past. @param {import('./kept.js').Message} message */
  addPast(message) {
    const answer = this.addAnswer();
    answer.apply({ type: 'token', token: message.content });
    for (const citation of Array.isArray(message.citations) ? message.citations : [])
      answer.apply({ type: 'citation', citation });
    if (message.usage && typeof message.usage === 'object')
      answer.apply({ .../** @type {object} */ (message.usage), type: 'usage' });
    answer.end(typeof message.finish_reason === 'string' ? message.finish_reason : 'stop');
  }

  /** Brings an event to the page with the next frame. @param {Answer} answer @param {Record<string, any>} event */
  show(answer, event) {
    this.#changes.push(() => answer.apply(event));
    this.#changed.add(answer);
    if (this.#framed)
      return;
    this.#framed = true;
    if (document.hidden)
      setTimeout(() => this.flush(), HiddenFrame);
    else
      requestAnimationFrame(() => this.flush());
  }

  /** Applies what waits for a frame: also before anything that must stand behind it. */
  flush() {
    this.#framed = false;
    for (const change of this.#changes.splice(0))
      change();
    for (const answer of this.#changed)
      answer.paint();
    this.#changed.clear();
    if (this.#following)
      this.#follow();
    else
      this.#latest.hidden = false;
  }

  /** @param {import('./problem.js').Problem} problem @param {string} [label] @param {() => void} [onRetry] */
  addProblem(problem, label, onRetry) {
    this.#append(problemBox(problem, label, onRetry));
    this.announce(problem.title);
  }

  removeProblems() {
    for (const box of this.#log.querySelectorAll(':scope > .problem'))
      box.remove();
  }

  clear() {
    this.#changes = [];
    this.#changed.clear();
    this.#log.replaceChildren();
    this.#empty.hidden = false;
    this.#latest.hidden = true;
    this.#following = true;
    this.connection('');
  }

  /** @param {boolean} running */
  running(running) {
    byId('send').hidden = running;
    byId('stop').hidden = !running;
    byId('stop').disabled = false;
    byId('stop').textContent = 'Stop';
  }

  stopping() {
    byId('stop').disabled = true;
    byId('stop').textContent = 'Stopping…';
  }

  /** @param {string} words a word on the connection, or '' @param {boolean} [say] */
  connection(words, say = false) {
    byId('connection').textContent = words;
    if (say && words)
      this.announce(words);
  }

  /** Says a change of state to those who listen to the page; tokens are never said. @param {string} words */
  announce(words) {
    byId('announcer').textContent = words;
  }

  /** @param {string} reason */
  announceEnd(reason) {
    this.announce(wordsForEnd(reason) || 'The answer is complete.');
  }

  /** @param {string} text */
  write(text) {
    this.#message.value = text;
    this.#fit();
  }

  get written() {
    return this.#message.value;
  }

  focus() {
    this.#message.focus();
  }

  #submit() {
    if (this.#message.value.trim() !== '')
      this.#on.send(this.#message.value);
  }

  /** The box grows with its text, to the bound the style sheet sets. Set through the object model, which `style-src 'self'` allows. */
  #fit() {
    this.#message.style.height = 'auto';
    this.#message.style.height = `${this.#message.scrollHeight + this.#message.offsetHeight - this.#message.clientHeight}px`;
  }

  /** @param {Element} part */
  #append(part) {
    this.#empty.hidden = true;
    this.#log.append(part);
    this.#follow();
  }

  #follow() {
    this.#following = true;
    this.#latest.hidden = true;
    this.#scroll.scrollTop = this.#scroll.scrollHeight;
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroll;
    // Only a move upwards is the reader's: growing text leaves the position where it is.
    if (scrollHeight - scrollTop - clientHeight < Near) {
      this.#following = true;
      this.#latest.hidden = true;
    } else if (scrollTop < this.#lastTop) {
      this.#following = false;
    }
    this.#lastTop = scrollTop;
  }
}
