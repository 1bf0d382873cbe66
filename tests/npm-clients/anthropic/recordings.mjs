// Reads every recording twice: from the provider itself, and relayed. Arguments: ADDRESS, the provider's base URL, the recordings' names.
import { accumulated, added, client } from './outcome.mjs';

const [, , address, provider, ...names] = process.argv;
const direct = client(provider);
const relay = client(address);
const ask = model => ({ model, max_tokens: 1024, messages: [{ role: 'user', content: 'Hi' }] });
const read = {};
for (const name of names) {
  read[name] = {
    direct: await added(direct, ask(name)),
    relayed: await added(relay, ask(`claude/${name}`)),
    directly: await accumulated(direct, ask(name)),
    accumulated: await accumulated(relay, ask(`claude/${name}`)),
  };
}

console.log(JSON.stringify(read));
