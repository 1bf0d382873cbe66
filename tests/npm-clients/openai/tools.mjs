// The SDK's own loop over tools: it calls the function that the model asked for and sends the result. Arguments: ADDRESS, the model.
import { client } from './outcome.mjs';

const [, , address, model] = process.argv;
const called = [];
const runner = client(`${address}/v1`).chat.completions.runTools({
  model,
  stream: true,
  messages: [{ role: 'user', content: 'What is the weather in Rome and in Oslo?' }],
  tools: [{
    type: 'function',
    function: {
      name: 'weather', description: 'The weather of a city.', parameters: { type: 'object', properties: { city: { type: 'string' } } }, parse: JSON.parse,
      function: ({ city }) => { called.push(city); return `${city}: sun`; },
    },
  }],
});
console.log(JSON.stringify({ text: await runner.finalContent(), called, roles: runner.messages.map(message => message.role) }));
