/** Joins the page, the turn and what the tab keeps. */
import { perform, switchTheme } from './actions.js';
import { restore } from './conversation.js';
import { keep, recall } from './kept.js';
import { problemOfEvent } from './problem.js';
import { Turn } from './turn.js';
import { View } from './view.js';

/** The contract's form of an id; anything else in the address is not asked for. */
const Id = /^[A-Za-z0-9_-]{1,64}$/;

/** @type {Turn | null} the turn that is being followed */
let running = null;
let kept = recall();

const view = new View({ send, stop, fresh, theme: switchTheme });
addEventListener('online', () => running?.wake());
document.addEventListener('visibilitychange', () => document.hidden || running?.wake());
addEventListener('hashchange', () => addressed() !== kept.conversation && open());
open();

/** @param {string} message */
async function send(message) {
  if (running)
    return;

  // The same text after a failure without an answer goes with the same key: had it arrived after all, the server joins the same turn.
  const { draft, conversation } = kept;
  const again = draft !== undefined && draft.message === message && draft.conversation_id === conversation;
  const key = again ? draft.key : newKey();
  kept.draft = { message, key, conversation_id: conversation };
  keep(kept);

  view.removeProblems();
  const typed = view.written;
  if (typed === message)
    view.write('');
  const question = view.addQuestion(message);
  const outcome = await follow((turn) => turn.send(conversation ? { message, conversation_id: conversation } : { message }, key), ({ turn, conversation: named }) => {
    kept = { ...kept, turn, conversation: named ?? kept.conversation, draft: undefined };
    kept.messages.push({ role: 'user', content: message, turn_id: turn });
    showAddress();
  });

  // Refused before it began: the text goes back to where it was typed.
  if (outcome?.kind === 'refused' && kept.draft?.key === key) {
    question.remove();
    if (view.written === '')
      view.write(message);
    if (outcome.problem.code !== 'network')
      kept.draft = undefined;
    keep(kept);
    if (outcome.problem.code === 'turn_active' && conversation)
      view.addProblem(outcome.problem, 'Show it', open);
    else
      view.addProblem(outcome.problem, outcome.problem.retryable ? 'Try again' : undefined, () => {
        if (view.written.trim() === message.trim())
          view.write('');
        send(message);
      });
  }
}

/**
 * Shows a turn from its first event to its end.
 * @param {(turn: Turn) => Promise<import('./turn.js').Outcome>} begin
 * @param {(identity: {turn: string, conversation?: string}) => void} [onIdentity]
 */
async function follow(begin, onIdentity) {
  const answer = view.addAnswer();
  let text = '';
  let error = /** @type {import('./problem.js').Problem | null} */ (null);
  const turn = new Turn({
    // What is still on its way when the page turns to something else must not touch that.
    onIdentity(identity) {
      if (running !== turn)
        return;
      onIdentity?.(identity);
      keep(kept);
    },
    onEvent(event) {
      if (running !== turn)
        return;
      if (event.type === 'action')
        perform(event.action);
      else if (event.type === 'error')
        error = problemOfEvent(event);
      else
        view.show(answer, event);
      if (event.type === 'token' && text === '')
        view.announce('The answer begins.');
      text += event.type === 'token' ? event.token : '';
    },
    onConnection: (connected) => running === turn && view.connection(connected ? '' : 'Reconnecting…', true),
  });

  running = turn;
  view.running(true);
  const outcome = await begin(turn);
  if (running !== turn)
    return undefined; // the page shows something else by now
  running = null;
  view.running(false);
  view.connection('');
  view.flush();

  if (outcome.kind === 'refused' && turn.id === null) {
    answer.element.remove();
    return outcome;
  }

  answer.end();
  if (outcome.kind === 'left' || (outcome.kind === 'nothing' && turn.lastSeq === 0))
    text === '' && answer.element.remove();
  if (outcome.kind === 'refused') {
    const { problem } = outcome;
    answer.fail(problem, problem.code === 'network' || problem.retryable ? 'Reconnect' : undefined, open);
    view.announce(problem.title);
    return outcome; // the turn is kept: it may still run
  }

  if (outcome.kind === 'ended') {
    const question = kept.messages.findLast((message) => message.role === 'user')?.content;
    if (error)
      answer.fail(error, error.retryable && question !== undefined ? 'Try again' : undefined, () => send(/** @type {string} */ (question)));
    if (text !== '')
      kept.messages.push({ role: 'assistant', content: text, turn_id: turn.id ?? undefined, finish_reason: outcome.reason });
    error ? view.announce(error.title) : view.announceEnd(outcome.reason);
  }
  kept.turn = undefined;
  keep(kept);
  return outcome;
}

async function stop() {
  const turn = running;
  if (!turn)
    return;
  view.stopping();
  if (!(await turn.stop()) && running === turn) {
    view.running(true);
    view.connection('The stop did not reach the server. Try again.', true);
  }
}

/** A new conversation. */
function fresh() {
  leave();
  kept = { messages: [] };
  keep(kept);
  showAddress();
  view.clear();
  view.focus();
}

/** Shows the conversation that the address names, or the one this tab had, and goes on with its turn. */
async function open() {
  leave();
  const id = addressed() ?? (location.hash === '' ? kept.conversation : undefined);
  if (id !== kept.conversation)
    kept = { messages: [], conversation: id };
  const opened = kept;
  view.clear();
  if (kept.draft)
    view.write(kept.draft.message);
  if (!id)
    return;
  showAddress();

  const restored = await restore(id);
  if (kept !== opened || running)
    return; // the person was faster
  if (!('code' in restored)) {
    const own = kept.messages;
    kept.messages = restored.messages;
    // A turn that ended in the meantime is among the messages; one that is not is read from its journal.
    const told = restored.messages.some((message) => message.role === 'assistant' && message.turn_id === kept.turn);
    kept.turn = restored.turn ?? (told ? undefined : kept.turn);
    if (kept.turn && !kept.messages.some((message) => message.turn_id === kept.turn))
      kept.messages.push(...own.filter((message) => message.turn_id === kept.turn));
  } else if (restored.status !== 404 || kept.messages.length === 0) {
    view.addProblem(restored, restored.retryable ? 'Try again' : undefined, open);
    if (restored.status !== 404)
      return;
    kept = { messages: [] };
    showAddress();
  }

  const { turn } = kept;
  kept.messages = kept.messages.filter((message) => turn === undefined || message.turn_id !== turn || message.role === 'user');
  for (const message of kept.messages)
    message.role === 'user' ? view.addQuestion(message.content) : view.addPast(message);
  keep(kept);
  if (turn)
    await follow((next) => next.attach(turn));
}

function leave() {
  running?.leave();
  running = null;
  view.running(false);
}

function addressed() {
  const id = location.hash.slice(1);
  return Id.test(id) ? id : undefined;
}

function showAddress() {
  const hash = kept.conversation ? `#${kept.conversation}` : location.pathname + location.search;
  history.replaceState(null, '', hash);
}

/** `randomUUID` exists on secure origins only, and a server in one's own network is not one. */
function newKey() {
  return crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
