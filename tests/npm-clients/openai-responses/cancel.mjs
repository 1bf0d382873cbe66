// A response that is stopped while it is watched. Arguments: ADDRESS, background (true or false).
import { client, of } from './outcome.mjs';

const [, , address, background] = process.argv;
const openai = client(`${address}/v1`);
const stream = openai.responses.stream({ model: 'chat/scripted', input: 'Hi', background: background === 'true' });
let cancelled, again;
stream.once('response.output_text.delta', async () => {
  const id = stream.currentId;
  cancelled = of(await openai.responses.cancel(id));
  again = of(await openai.responses.cancel(id));
});
stream.on('response.created', event => (stream.currentId = event.response.id));
const final = of(await stream.finalResponse());
while (!again) await new Promise(done => setTimeout(done, 5));
console.log(JSON.stringify({ final, cancelled, again }));
