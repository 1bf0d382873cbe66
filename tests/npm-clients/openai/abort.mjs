// Leaves in the middle of an answer. Arguments: ADDRESS, the model.
import { added, client } from './outcome.mjs';

const [, , address, model] = process.argv;
const got = await added(client(`${address}/v1`), { model, messages: [{ role: 'user', content: 'Hi' }] }, (chunk, stream) => stream.controller.abort());
console.log(JSON.stringify(got));
