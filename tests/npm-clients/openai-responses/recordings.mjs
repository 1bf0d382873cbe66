// Reads every recording from the provider itself and relayed. Arguments: ADDRESS, the provider's base URL, the recordings' names.
import { accumulated, added, client, failure, of } from './outcome.mjs';

const [, , address, provider, ...names] = process.argv;
const direct = client(provider);
const relay = client(`${address}/v1`);
const read = {};
for (const name of names) {
  const request = { model: `responses/${name}`, input: 'Hi' };
  let whole;
  try {
    whole = of(await relay.responses.create(request));
  } catch (error) {
    whole = { thrown: failure(error) };
  }

  read[name] = { direct: await accumulated(direct, { ...request, model: name }), accumulated: await accumulated(relay, request), added: await added(relay, request), whole };
}

console.log(JSON.stringify(read));
