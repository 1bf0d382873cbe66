// A function that is called: answered by the id of the response, and by a client that keeps the conversation itself. Then what is refused. Arguments: ADDRESS.
import { client, failure, of } from './outcome.mjs';

const openai = client(`${process.argv[2]}/v1`);
const model = 'chat/scripted';
const tools = [{ type: 'function', name: 'f', parameters: { type: 'object', properties: {} }, strict: false }];
const input = [{ role: 'user', content: 'Hi' }];
const asked = await openai.responses.create({ model, input, tools });
const answers = asked.output.filter(item => item.type === 'function_call').map(item => ({ type: 'function_call_output', call_id: item.call_id, output: `result of ${item.call_id}` }));
const byId = await openai.responses.create({ model, tools, previous_response_id: asked.id, input: answers });
const byItems = await openai.responses.create({ model, tools, store: false, input: [...input, ...asked.output, ...answers] });
const items = [];
for await (const item of openai.responses.inputItems.list(byId.id)) items.push(item.type);

const refused = {};
const refuse = async (name, call) => {
  try {
    await call();
  } catch (error) {
    refused[name] = failure(error);
  }
};
await refuse('temperature', () => openai.responses.create({ model, input: 'Hi', temperature: 9 }));
await refuse('hosted', () => openai.responses.create({ model, input: 'Hi', tools: [{ type: 'web_search' }] }));
await refuse('unknown', () => openai.responses.retrieve('resp_none'));
await refuse('notStored', () => openai.responses.retrieve(byItems.id));
await refuse('previous', () => openai.responses.create({ model, input: 'Hi', previous_response_id: byItems.id }));
await refuse('model', () => openai.responses.create({ model: 'demo/none', input: 'Hi' }));
await openai.responses.delete((await openai.responses.create({ model, input: 'alone' })).id);
console.log(JSON.stringify({ asked: of(asked), byId: of(byId), byItems: of(byItems), items, refused }));
