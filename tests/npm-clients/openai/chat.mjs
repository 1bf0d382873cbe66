// One request, streamed (added up, and by the SDK's accumulator) and as a document. Arguments: ADDRESS, the request as JSON.
import { accumulated, added, client, failure, of } from './outcome.mjs';

const [, , address, json] = process.argv;
const openai = client(`${address}/v1`);
const request = JSON.parse(json);
let whole;
try {
  whole = { ...of(await openai.chat.completions.create(request)), error: null };
} catch (error) {
  whole = { error: failure(error) };
}

console.log(JSON.stringify({ added: await added(openai, request), accumulated: await accumulated(openai, request), whole }));
