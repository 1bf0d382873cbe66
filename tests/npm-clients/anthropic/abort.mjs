// Leaves in the middle of an answer. Arguments: ADDRESS, the model.
import { client, failure } from './outcome.mjs';

const [, , address, model] = process.argv;
const stream = client(address).messages.stream({ model, max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] });
let text = '';
stream.on('text', piece => { text += piece; stream.abort(); });
let error = null;
try {
  await stream.finalMessage();
} catch (fault) {
  error = failure(fault);
}

console.log(JSON.stringify({ text, error }));
