// A client that aborts while the model speaks. Arguments: ADDRESS.
import { client, failure } from './outcome.mjs';

const openai = client(`${process.argv[2]}/v1`);
const leave = new AbortController();
const stream = openai.responses.stream({ model: 'chat/scripted', input: 'Hi' }, { signal: leave.signal });
stream.once('response.output_text.delta', () => leave.abort());
try {
  await stream.finalResponse();
} catch (error) {
  console.log(JSON.stringify({ thrown: failure(error) }));
}
