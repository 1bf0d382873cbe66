// Writes src/events.ts, the events as TypeScript, from their JSON Schema. `--check` only says whether it is current.
import { readFileSync, writeFileSync } from 'node:fs';

const source = new URL('../../../src/Passwindow.Protocol/Events/events.schema.json', import.meta.url);
const target = new URL('../src/events.ts', import.meta.url);
const { $defs, oneOf } = JSON.parse(readFileSync(source, 'utf8'));

const definition = (ref) => $defs[ref.split('/').at(-1)];
const pascal = (name) => name.replace(/(?:^|_)(.)/g, (_, letter) => letter.toUpperCase());
const comment = (text, indent = '') => (text ? `${indent}/** ${text} */\n` : '');
const literals = (values) => values.map((value) => `'${value}'`);

// What these enums are called by who uses them.
const named = { error: { code: 'ErrorCode' }, done: { finish_reason: 'FinishReason' } };

function typeOf(schema) {
  if (schema.$ref)
    return typeOf(definition(schema.$ref));
  if ('const' in schema)
    return `'${schema.const}'`;
  if (schema.enum)
    return literals(schema.enum).join(' | ');
  switch (schema.type) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'boolean';
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return `readonly ${typeOf(schema.items)}[]`;
    case 'object':
      return schema.properties ? `{\n${members(schema, '    ')}    readonly [field: string]: unknown;\n  }` : 'Readonly<Record<string, unknown>>';
    default:
      return 'unknown';
  }
}

function members(schema, indent, names = {}) {
  return Object.entries(schema.properties)
    .map(([name, each]) => {
      const description = each.description ?? (each.$ref && definition(each.$ref).description);
      const optional = schema.required?.includes(name) ? '' : '?';
      return `${comment(description, indent)}${indent}readonly ${name}${optional}: ${names[name] ?? typeOf(each)};\n`;
    })
    .join('');
}

const types = oneOf.map(({ $ref }) => $ref.split('/').at(-1));
const events = types.map((type) => `${comment($defs[type].description)}export interface ${pascal(type)}Event {\n${members($defs[type], '  ', named[type])}}\n`);
const enums = Object.entries(named).flatMap(([type, fields]) =>
  Object.entries(fields).map(([field, name]) => {
    const { description, enum: values } = $defs[type].properties[field];
    return `${comment(description ?? { FinishReason: 'How a turn ended.', ErrorCode: 'What went wrong.' }[name])}export type ${name} =\n${literals(values).map((each) => `  | ${each}`).join('\n')};\n`;
  }),
);

const text = `// Generated from events.schema.json by scripts/generate-events.mjs. Do not edit.

/** One event of a turn, told apart by its \`type\`. Later servers may send types and fields that are not here. */
export type TurnEvent =
${types.map((type) => `  | ${pascal(type)}Event`).join('\n')};

/** The event of one type: \`EventOf<'token'>\`. */
export type EventOf<Type extends TurnEvent['type']> = Extract<TurnEvent, { type: Type }>;

${[...enums, ...events].join('\n')}`;

if (!process.argv.includes('--check')) {
  writeFileSync(target, text);
} else if (readFileSync(target, 'utf8') !== text) {
  console.error('src/events.ts is not what the schema says: run npm run generate');
  process.exit(1);
}
