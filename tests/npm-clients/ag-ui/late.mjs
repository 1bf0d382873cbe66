// Joins a turn while it runs; the server is told to go on once the client has joined.
import { Watcher, base, end, rest, tell, types, warnings } from './agent.mjs';

const watcher = new Watcher(`${base}/chat/turns/${rest[0]}/events?dialect=ag-ui`);
await watcher.runAgent({}, { onMessagesSnapshotEvent: () => void fetch(rest[1]) });
tell({ messages: watcher.messages, types: types(watcher), end: end(watcher), warnings });
