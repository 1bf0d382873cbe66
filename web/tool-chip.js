import { element } from './dom.js';
import { time } from './words.js';

/** The longest arguments or result shown, in UTF-16 units. */
const MaxShown = 20_000;

/** One tool call: a chip that says what is happening and opens to the arguments and the result. */
export class ToolChip {
  #label = element('summary');
  #arguments = element('pre');
  #name;
  #written = '';

  /** @param {string} name */
  constructor(name) {
    this.#name = name;
    this.#label.textContent = `Calling ${name}…`;
    this.element = element('details', 'tool running', this.#label, element('h4', '', 'Arguments'), this.#arguments);
  }

  /** @param {string} delta a piece of the arguments while the model writes them */
  write(delta) {
    if (this.#written.length < MaxShown)
      this.#arguments.textContent = this.#written += delta;
  }

  /** @param {Record<string, any>} call a `tool_call` */
  call(call) {
    this.#arguments.textContent = pretty(call.arguments);
    if (call.approval === 'required')
      this.#label.textContent = `${this.#name} waits for an approval`;
  }

  /** @param {Record<string, any>} result a `tool_result` */
  result(result) {
    const failed = result.error !== undefined;
    this.element.className = failed ? 'tool failed' : 'tool';
    const took = Number.isFinite(result.duration_ms) ? ` · ${time(result.duration_ms)}` : '';
    this.#label.textContent = `${failed ? `${this.#name} failed` : `Called ${this.#name}`}${took}`;
    this.element.append(element('h4', '', failed ? 'Error' : 'Result'), element('pre', '', pretty(failed ? result.error : result.result)));
  }

  /** It was an action, which needs no result. */
  acted() {
    this.element.className = 'tool';
    this.#label.textContent = `Did ${this.#name}`;
  }

  /** The turn is over: what has no result will get none. */
  settle() {
    if (this.element.className !== 'tool running')
      return;
    this.element.className = 'tool';
    this.#label.textContent = `${this.#name}, without a result`;
  }
}

/** @param {unknown} value */
function pretty(value) {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2) ?? '';
  return text.length > MaxShown ? `${text.slice(0, MaxShown)}…` : text;
}
