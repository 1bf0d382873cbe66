/**
 * What this tab keeps over a refresh. Of a running turn only its id is needed: it is read again from its first event.
 *
 * @typedef {{role: string, content: string, turn_id?: string, [field: string]: unknown}} Message
 * @typedef {{message: string, key: string, conversation_id?: string}} Draft a message that may or may not have reached the server
 * @typedef {{conversation?: string, turn?: string, draft?: Draft, messages: Message[]}} Kept
 */

const Name = 'passwindow.chat';

/** The most messages, and characters in all, that are kept for a server that cannot give the conversation back. */
const MaxMessages = 100;
const MaxCharacters = 500_000;

/** @returns {Kept} */
export function recall() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(Name) ?? '');
    if (Array.isArray(kept?.messages))
      return kept;
  } catch {
    // nothing kept, or storage is forbidden
  }
  return { messages: [] };
}

/** @param {Kept} kept */
export function keep(kept) {
  let room = MaxCharacters;
  kept.messages = kept.messages.slice(-MaxMessages);
  const first = kept.messages.findLastIndex((message) => (room -= message.content.length) < 0);
  try {
    sessionStorage.setItem(Name, JSON.stringify({ ...kept, messages: kept.messages.slice(first + 1) }));
  } catch {
    // Then a refresh relies on the server alone.
  }
}
