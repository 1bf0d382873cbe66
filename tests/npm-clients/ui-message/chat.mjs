// A chat of the AI SDK as useChat has it, without React: the same class, with the plainest state.
const versionOf = async version => {
  const sdk = await import(`ai-${version}`);
  class State {
    status = 'ready';
    error = undefined;
    constructor(messages) { this.messages = messages; }
    snapshot = value => structuredClone(value);
    pushMessage = message => { this.messages = [...this.messages, message]; };
    popMessage = () => { this.messages = this.messages.slice(0, -1); };
    replaceMessage = (index, message) => { this.messages = this.messages.map((each, i) => (i === index ? structuredClone(message) : each)); };
  }
  class Chat extends sdk.AbstractChat {
    constructor(init) { super({ ...init, state: new State(init.messages ?? []) }); }
  }
  return { sdk, Chat };
};

/// Makes a chat of that version, as `ai-VERSION` in package.json.
export async function open(address, version, { id = 'chat', body, headers, ...init } = {}) {
  const { sdk, Chat } = await versionOf(version);
  const api = `${address}/api/chat`;
  const transport = new sdk.DefaultChatTransport({ api, body, headers });
  const ends = [];
  const chat = new Chat({ id, transport, onFinish: end => ends.push(end), ...init });
  return { sdk, chat, ends, stop: () => fetch(`${api}/${encodeURIComponent(id)}/stream`, { method: 'DELETE' }) };
}

/// Waits until something is so: the chat tells nobody of its changes.
export async function until(isSo) {
  while (!isSo())
    await new Promise(resolve => setTimeout(resolve, 5));
}

export const textOf = message => message?.parts.filter(part => part.type === 'text').map(part => part.text).join('') ?? '';

/// Prints what the page would show.
export const print = (chat, more = {}) =>
  console.log(JSON.stringify({ status: chat.status, error: chat.error?.message, messages: chat.messages, ...more }));
