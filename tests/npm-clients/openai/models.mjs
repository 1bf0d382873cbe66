// Lists the models, finds one, and fails to find another. Arguments: ADDRESS.
import { client, failure } from './outcome.mjs';

const openai = client(`${process.argv[2]}/v1`);
const ids = [];
for await (const model of openai.models.list()) ids.push(model.id);
const found = await openai.models.retrieve(ids[0]);
let missing;
try {
  await openai.models.retrieve('no/such');
} catch (error) {
  missing = failure(error);
}

console.log(JSON.stringify({ ids, found: found.id, missing }));
