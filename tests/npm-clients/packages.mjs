// Prints which packages stand beside the scripts, and the address that a script is given.
import { readFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const read = path => JSON.parse(readFileSync(new URL(path, root)));
const versions = Object.fromEntries(Object.keys(read('package.json').dependencies).map(name => [name, read(`node_modules/${name}/package.json`).version]));
console.log(JSON.stringify({ address: process.argv[2], versions }));
