// Reads a turn as a stream: caught up, followed live in one of the two ways, gone on with from an offset, at its end. Arguments: ADDRESS, turn, long-poll or sse, the address that lets the model go on.
import { DurableStream, stream } from '@durable-streams/client';

const [, , address, turn, live, release] = process.argv;
const url = `${address}/streams/${turn}`;
const caught = await stream({ url, live: false });
const before = await caught.json();
const offset = caught.offset;

const followed = await stream({ url, live });
const seen = [];
let released = false;
await new Promise((done, failed) => {
  followed.closed.then(done, failed);
  followed.subscribeJson(async batch => {
    seen.push(...batch.items);
    if (batch.upToDate && !released) {
      released = true;
      await fetch(release);
    }
  });
});

const resumed = await (await stream({ url, offset, live: false })).json();
const head = await new DurableStream({ url }).head();
const end = await stream({ url, offset: followed.offset, live });
const atEnd = await end.json();
let refused;
try {
  await new DurableStream({ url, contentType: 'application/json' }).append(JSON.stringify({ type: 'token' }));
} catch (error) {
  refused = { name: error.constructor.name, status: error.status ?? null };
}

let missing;
try {
  await stream({ url: `${address}/streams/t_none`, live: false });
} catch (error) {
  missing = { name: error.constructor.name, status: error.status ?? null };
}

const names = events => events.map(event => event.type);
console.log(JSON.stringify({
  before: names(before), seen: names(seen), numbers: seen.map(event => event.seq), text: seen.map(event => event.token ?? '').join(''), resumed: names(resumed),
  closed: followed.streamClosed, upToDate: followed.upToDate, offsets: [offset, followed.offset], head: { exists: head.exists, offset: head.offset, closed: head.streamClosed }, atEnd, refused, missing,
}));
