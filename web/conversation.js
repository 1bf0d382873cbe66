import { problemOf, unreachable } from './problem.js';

/**
 * @typedef {object} Restored
 * @property {import('./kept.js').Message[]} messages
 * @property {string} [turn] the turn that runs
 */

/**
 * A conversation as the server has it.
 * @param {string} id
 * @returns {Promise<Restored | import('./problem.js').Problem>} a problem has a `code`
 */
export async function restore(id) {
  try {
    const response = await fetch(`/chat/conversations/${encodeURIComponent(id)}`, { headers: { Accept: 'application/json' }, cache: 'no-store' });
    if (!response.ok)
      return await problemOf(response);
    const { messages, turn_id: turn } = await response.json();
    return {
      messages: (Array.isArray(messages) ? messages : []).filter(({ role, content }) =>
        (role === 'user' || role === 'assistant') && typeof content === 'string'),
      turn: typeof turn === 'string' ? turn : undefined,
    };
  } catch {
    return unreachable();
  }
}
