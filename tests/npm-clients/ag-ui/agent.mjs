// An agent of @ag-ui/client as it comes from npm, 1.0 or the last before it, and what a script tells of it.
const packages = { one: '@ag-ui/client', zero: 'ag-ui-client-0' };

export const base = process.argv[2];
export const [version, ...rest] = process.argv.slice(3);
export const client = await import(packages[version]);

/** An agent for the server, with what the events of a run were. */
export function agentOf(threadId, options = {}) {
  const agent = new client.HttpAgent({ url: `${base}/ag-ui`, threadId, ...options });
  agent.heard = [];
  agent.subscribe({ onEvent: ({ event }) => void agent.heard.push(event) });
  return agent;
}

/** Reads an address in place of a request, through the client's own transport, enforcement and verifier. */
export class Watcher extends client.HttpAgent {
  heard = [];

  constructor(url) {
    super({ url });
    this.subscribe({ onEvent: ({ event }) => void this.heard.push(event) });
  }

  run() {
    return client.transformHttpEventStream(client.runHttpRequest(() => fetch(this.url)));
  }
}

export const ask = (agent, id, content) => agent.addMessage({ id, role: 'user', content });
export const types = agent => agent.heard.map(event => event.type);
export const end = agent => agent.heard.at(-1);
export const tell = said => console.log(JSON.stringify(said));

// Warnings of the client are faults of ours: it removed or dropped something.
export const warnings = [];
console.warn = (...words) => void warnings.push(words.join(' '));
