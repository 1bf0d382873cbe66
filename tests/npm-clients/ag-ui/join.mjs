// Watches a turn from each of its events on, and from nowhere; what the client then has is told for each.
import { Watcher, base, end, rest, tell, warnings } from './agent.mjs';

const [turn, last] = rest;
const joined = [];
for (let after = 0; after < Number(last); after++) {
  const watcher = new Watcher(`${base}/chat/turns/${turn}/events?dialect=ag-ui&after=${after}`);
  await watcher.runAgent();
  joined.push({ messages: watcher.messages, end: end(watcher), opening: watcher.heard.slice(0, 2).map(event => event.type) });
}
tell({ joined, warnings });
