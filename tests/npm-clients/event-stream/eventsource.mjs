// npm's eventsource on GET /chat/stream: every event that it dispatched, over all its connections.
import { EventSource } from 'eventsource';

const [base, dialect, signal] = process.argv.slice(2);
const names = dialect === 'text' ? ['token', 'done'] : ['start', 'token', 'usage', 'done'];
const events = [];
const awake = setInterval(() => {}, 1000); // while it waits to come back, it keeps no process alive
let connections = 0;
let isNew = false; // whether this connection has brought nothing yet
const source = new EventSource(`${base}/chat/stream?prompt=Hi&dialect=${dialect}`);
source.onopen = () => {
  connections++;
  isNew = true;
};
await new Promise((resolve, reject) => {
  source.addEventListener('error', ({ code, message }) => {
    if (source.readyState === source.CLOSED) reject(new Error(`The server told it to stop: ${code} ${message}`));
  });
  for (const name of names)
    source.addEventListener(name, event => {
      events.push({ id: event.lastEventId, type: event.type, data: event.data });
      if (isNew) void fetch(signal);
      isNew = false;
      if (name === 'done') resolve();
    });
});
source.close();
clearInterval(awake);
console.log(JSON.stringify({ connections, events }));
