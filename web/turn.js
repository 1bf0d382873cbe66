import { delayBefore } from './backoff.js';
import { browser } from './browser.js';
import { EventStreamParser } from './event-stream.js';
import { Malformed, parse, parseJson } from './malformed.js';
import { malformed, mayPass, problemOf, problemOfEvent, unreachable } from './problem.js';

/**
 * One turn as a viewer sees it: sent once, followed to its end over any number of connections, each event handed on once and in order.
 *
 * @typedef {import('./problem.js').Problem} Problem
 *
 * @typedef {{kind: 'ended', reason: string}
 *   | {kind: 'nothing'}
 *   | {kind: 'refused', problem: Problem}
 *   | {kind: 'left'}} Outcome
 *   `ended`: its `done` was seen. `nothing`: the server has nothing left to send. `refused`: it cannot be followed (any further).
 *   `left`: this page turned away.
 *
 * @typedef {object} Listener
 * @property {(identity: {turn: string, conversation?: string}) => void} [onIdentity] once, before the first event
 * @property {(event: Record<string, any>) => void} [onEvent] each numbered event once, by rising `seq`
 * @property {(connected: boolean) => void} [onConnection] false when it broke and will be taken up again, true when it is back
 * @typedef {import('./browser.js').Surroundings} Surroundings
 */

/** The server breaks every silence after 10 s, so one this long (milliseconds) means that the connection is dead. */
export const MaxSilence = 40_000;

/** Attempts in a row that bring no new event, before the page gives up and asks: some five minutes. */
export const MaxAttempts = 60;

/** Attempts to deliver a stop; it may be repeated without harm. */
export const MaxStopAttempts = 4;

/** The time (milliseconds) a stop waits for the turn's name before it hangs up instead. */
export const MaxWaitForName = 5000;

/** The first wait in milliseconds where the server named none by `retry:`. */
const FirstDelay = 500;

export class Turn {
  /** The turn's id, once known. @type {string | null} */
  id = null;

  /** The last event handed on. */
  lastSeq = 0;

  #lastId = '';
  #retry = FirstDelay;
  #listener;
  #io;
  #prefix;
  #request = new AbortController();
  #left = false;
  #named;
  #name = () => {};
  /** The waits under way, of the reading and of a stop. @type {Set<() => void>} */
  #waits = new Set();

  /** @param {Listener} listener @param {Surroundings} [io] @param {string} [prefix] */
  constructor(listener, io = browser, prefix = '/chat') {
    this.#listener = listener;
    this.#io = io;
    this.#prefix = prefix;
    this.#named = new Promise((resolve) => (this.#name = () => resolve(undefined)));
  }

  /**
   * Starts the turn. It posts once: what breaks later is resumed, and what breaks before the answer is the caller's to repeat,
   * with the same key, which the server answers with the same turn.
   * @param {{message: string, conversation_id?: string}} body
   * @param {string} key for `Idempotency-Key`
   * @returns {Promise<Outcome>}
   */
  async send(body, key) {
    let response;
    try {
      response = await this.#io.fetch(this.#prefix, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream', 'Idempotency-Key': key },
        body: JSON.stringify(body),
        signal: this.#request.signal,
      });
    } catch {
      return this.#end(this.#left ? { kind: 'left' } : { kind: 'refused', problem: unreachable() });
    }

    if (!response.ok)
      return this.#end({ kind: 'refused', problem: await problemOf(response) });
    this.#identify(response.headers.get('passwindow-turn'), response.headers.get('passwindow-conversation'));
    return this.#end(await this.#follow(response));
  }

  /** Follows a turn that exists, from its first event. @param {string} id @returns {Promise<Outcome>} */
  async attach(id) {
    this.#identify(id);
    return this.#end(await this.#follow(null));
  }

  /**
   * Stops the turn; its end arrives as an event like any other. Before the server has named the turn, the stop waits for the name.
   * @returns {Promise<boolean>} whether the server took it
   */
  async stop() {
    if (this.id === null) {
      const cancel = this.#io.after(MaxWaitForName, () => this.leave());
      await this.#named;
      cancel();
      if (this.id === null)
        return true; // there is no turn, or nobody is left who watches it
    }

    for (let attempt = 1; ; attempt++) {
      try {
        const response = await this.#io.fetch(`${this.#prefix}/turns/${encodeURIComponent(this.id)}/stop`, { method: 'POST' });
        await response.body?.cancel();
        if (response.ok || !mayPass(response.status))
          return response.ok;
      } catch {
        // not reached: again
      }
      if (attempt === MaxStopAttempts)
        return false;
      await this.#pause(delayBefore(attempt, FirstDelay, this.#io.random));
    }
  }

  /** Stops watching, not the turn. */
  leave() {
    this.#left = true;
    this.#request.abort();
    this.wake();
  }

  /** Cuts a wait short, for example when the network is back. */
  wake() {
    for (const endWait of this.#waits)
      endWait();
  }

  /** @param {Outcome} outcome */
  #end(outcome) {
    this.#name();
    return outcome;
  }

  /** @param {string | null} [turn] @param {string | null} [conversation] */
  #identify(turn, conversation) {
    if (!turn || this.id !== null)
      return;
    this.id = turn;
    this.#name();
    this.#listener.onIdentity?.({ turn, conversation: conversation ?? undefined });
  }

  /** @param {Response | null} response the POST's own, or null to connect first @returns {Promise<Outcome>} */
  async #follow(response) {
    let broken = false;
    for (let failures = 0; ; ) {
      const before = this.lastSeq;
      let asked = 0;
      try {
        response ??= await this.#reconnect();
        if (response.status === 204)
          return { kind: 'nothing' };
        if (response.ok) {
          if (!/^text\/event-stream\b/i.test(response.headers.get('content-type') ?? ''))
            return { kind: 'refused', problem: malformed('The answer is not an event stream.') };
          const outcome = await this.#read(response, () => {
            if (broken)
              this.#listener.onConnection?.(true);
            broken = false;
          });
          if (outcome)
            return outcome;
        } else {
          const problem = await problemOf(response);
          if (!problem.retryable)
            return { kind: 'refused', problem };
          asked = problem.retryAfterMs ?? 0;
        }
      } catch (error) {
        if (error instanceof Malformed)
          return { kind: 'refused', problem: malformed(error.message) };
      }

      response = null;
      if (this.#left)
        return { kind: 'left' };
      // Broken off before the turn had a name: it cannot be asked for, only sent again with the same key.
      if (this.id === null)
        return { kind: 'refused', problem: unreachable() };
      failures = this.lastSeq > before ? 1 : failures + 1;
      if (failures > MaxAttempts)
        return { kind: 'refused', problem: unreachable() };

      if (!broken)
        this.#listener.onConnection?.(false);
      broken = true;
      await this.#pause(delayBefore(failures, this.#retry, this.#io.random, asked));
      if (this.#left)
        return { kind: 'left' };
    }
  }

  async #reconnect() {
    const path = `${this.#prefix}/turns/${encodeURIComponent(/** @type {string} */ (this.id))}/events`;
    const headers = { Accept: 'text/event-stream' };
    const request = this.#renewRequest();
    const quiet = this.#io.after(MaxSilence, () => request.abort());
    try {
      return await this.#io.fetch(this.#lastId === '' ? `${path}?after=0` : path, {
        headers: this.#lastId === '' ? headers : { ...headers, 'Last-Event-ID': this.#lastId },
        cache: 'no-store',
        signal: request.signal,
      });
    } finally {
      quiet();
    }
  }

  #renewRequest() {
    this.#request = new AbortController();
    if (this.#left)
      this.#request.abort();
    return this.#request;
  }

  /**
   * Reads one response to its end.
   * @param {Response} response @param {() => void} onBytes
   * @returns {Promise<Outcome | null>} null when the rest has to be fetched by another response
   */
  async #read(response, onBytes) {
    /** @type {Outcome | null} */
    let outcome = null;
    const parser = new EventStreamParser((frame) => (outcome ??= this.#take(frame)), this.#lastId);
    const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
    // A body that is silent for too long is hung up on by its reader: a wait on a half-open connection would never end.
    let quiet = () => {};
    try {
      while (outcome === null) {
        quiet = this.#io.after(MaxSilence, () => reader.cancel().catch(() => {}));
        const { done, value } = await reader.read();
        quiet();
        if (done)
          break;
        onBytes();
        parse(parser, value);
        this.#retry = parser.retry ?? this.#retry;
      }
    } finally {
      quiet();
      reader.cancel().catch(() => {});
    }
    return outcome;
  }

  /** @param {import('./event-stream.js').StreamEvent} frame @returns {Outcome | null} */
  #take(frame) {
    const event = parseJson(frame.data);
    const { seq, type } = event;

    // Without a number it is a notice to this response alone, not a part of the turn.
    if (seq === undefined) {
      if (type === 'done')
        return { kind: 'ended', reason: String(event.finish_reason) };
      return type === 'error' && event.retryable !== true ? { kind: 'refused', problem: problemOfEvent(event) } : null;
    }

    if (seq <= this.lastSeq)
      return null;
    if (seq !== this.lastSeq + 1)
      throw new Hole(`Event ${seq} follows ${this.lastSeq}.`);

    if (type === 'start')
      this.#identify(event.turn_id, event.conversation_id);
    this.lastSeq = seq;
    this.#lastId = frame.id;
    this.#listener.onEvent?.(event);
    return type === 'done' ? { kind: 'ended', reason: String(event.finish_reason) } : null;
  }

  /** @param {number} ms @returns {Promise<void>} */
  #pause(ms) {
    return new Promise((resolve) => {
      const endWait = () => {
        cancel();
        this.#waits.delete(endWait);
        resolve();
      };
      const cancel = this.#io.after(ms, endWait);
      this.#waits.add(endWait);
    });
  }
}

/** A hole in the numbers: the response is given up and the rest fetched from the last good event. */
class Hole extends Error {}
