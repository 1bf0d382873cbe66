// One request, streamed (added up, and by the SDK's accumulator) and as a document. Arguments: ADDRESS, the request as JSON.
import { accumulated, added, client, failure, whole } from './outcome.mjs';

const [, , address, json] = process.argv;
const anthropic = client(address);
const request = JSON.parse(json);
let document;
try {
  document = whole(await anthropic.messages.create(request));
} catch (error) {
  document = { error: failure(error) };
}

console.log(JSON.stringify({ added: await added(anthropic, request), accumulated: await accumulated(anthropic, request), whole: document }));
