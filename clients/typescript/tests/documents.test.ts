import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { packageRoot, repositoryRoot } from './root.js';

const { schemas } = JSON.parse(readFileSync(join(repositoryRoot, 'src/Passwindow/Http/openapi.json'), 'utf8')).components;
const source = readFileSync(join(packageRoot, 'src/documents.ts'), 'utf8');

const membersOf = (name: string) =>
  [...new RegExp(`interface ${name}[^{]*\\{(.*?)\\n\\}`, 's').exec(source)![1]!.matchAll(/^ {2}(?:readonly )?(\w+)(\?)?:/gm)].map(([, member, optional]) => [member, !optional]);

for (const [type, schema] of [['TurnRequest', 'TurnRequest'], ['ToolDeclaration', 'Tool'], ['StopReceipt', 'StopReceipt'], ['ConversationEntry', 'ConversationEntry']] as const)
  test(`${type} is what the OpenAPI document says of it`, () => {
    const { properties, required } = schemas[schema];
    assert.deepEqual(membersOf(type).sort(), Object.keys(properties).map((name) => [name, required.includes(name)]).sort());
  });
