// A background response: cut, asked for, its rest followed, polled, read again. Arguments: ADDRESS, the address that lets the model go on.
import { add, client, of } from './outcome.mjs';

const [, , address, release] = process.argv;
const openai = client(`${address}/v1`);
const first = { numbers: [], text: '', calls: {} };
const stream = await openai.responses.create({ model: 'chat/scripted', input: 'Hi', background: true, stream: true });
for await (const event of stream) {
  add(first, event);
  if (event.type === 'response.output_text.delta') break; // the SDK cuts the connection
}

const { id } = first.response;
const last = first.numbers.at(-1);
const meanwhile = of(await openai.responses.retrieve(id));
const rest = { numbers: [], text: '', calls: {} };
const again = await openai.responses.retrieve(id, { stream: true, starting_after: last });
await fetch(release);
for await (const event of again) add(rest, event);
let polled = await openai.responses.retrieve(id);
while (polled.status === 'queued' || polled.status === 'in_progress') {
  await new Promise(done => setTimeout(done, 20));
  polled = await openai.responses.retrieve(id);
}

const replayed = of(await openai.responses.stream({ response_id: id, starting_after: last }).finalResponse());
const nothing = [];
for await (const event of await openai.responses.retrieve(id, { stream: true, starting_after: rest.numbers.at(-1) })) nothing.push(event.type);
console.log(JSON.stringify({ first, meanwhile, rest, polled: of(polled), replayed, nothing }));
