// Microsoft's fetch-event-source on POST /chat, as it is most often used: it comes back by itself with the last id that it saw.
globalThis.window = globalThis; // it was written for pages
globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} };
const { fetchEventSource } = await import('@microsoft/fetch-event-source');

const [base, dialect, signal] = process.argv.slice(2);
const events = [];
let connections = 0;
let isNew = false; // whether this connection has brought nothing yet
const leave = new AbortController();
await fetchEventSource(`${base}/chat?dialect=${dialect}`, {
  method: 'POST',
  headers: { 'content-type': 'application/json', accept: 'text/event-stream', 'idempotency-key': crypto.randomUUID() },
  body: JSON.stringify({ message: 'Hi' }),
  signal: leave.signal,
  async onopen(response) {
    if (response.status !== 200) throw new Error(`HTTP ${response.status}`);
    connections++;
    isNew = true;
  },
  onmessage(event) {
    if (!event.data) return;
    events.push({ id: event.id, type: event.event, data: event.data });
    if (isNew) void fetch(signal);
    isNew = false;
    if (event.event === 'done') leave.abort();
  },
  onclose() {
    throw new Error('closed before the end'); // a cut may look like an end
  },
  onerror: () => 20, // milliseconds until it comes back
});
console.log(JSON.stringify({ connections, events }));
