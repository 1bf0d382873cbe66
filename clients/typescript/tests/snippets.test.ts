import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { build } from 'esbuild';
import { missing, RealServer } from './real-server.js';
import { packageRoot, repositoryRoot } from './root.js';

/** Where the snippets stand as modules of this package, so that they see it by its name. */
const folder = join(packageRoot, 'build/snippets');

const example = 'https://chat.example/chat';
const documents = [join(repositoryRoot, 'docs/client-typescript.md'), join(packageRoot, 'README.md')];
const snippets = documents.flatMap((path) =>
  [...readFileSync(path, 'utf8').matchAll(/<!-- snippet: ([\w-]+) -->\s*```(tsx?)\n(.*?)```/gs)].map(([, name, language, code]) => ({ file: `${name}.${language}`, code: code! })),
);

describe('the snippets of the documents', () => {
  before(() => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const { file, code } of snippets)
      writeFileSync(join(folder, file), code);
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({
      extends: '../../tsconfig.json',
      compilerOptions: {
        noEmit: true,
        rootDir: '../..',
        paths: { passwindow: ['../../src/index.ts'], 'passwindow/react': ['../../src/react/index.ts'], 'passwindow/ai-sdk': ['../../src/ai-sdk/index.ts'] },
      },
      include: ['.'],
      exclude: [],
    }));
  });

  test('type-check', () => {
    assert.ok(snippets.length >= 8);
    const { status, stdout } = spawnSync(process.execPath, [join(packageRoot, 'node_modules/typescript/bin/tsc'), '-p', folder], { encoding: 'utf8' });
    assert.equal(status, 0, stdout);
  });

  describe('run', { skip: missing, concurrency: true, timeout: 120_000 }, () => {
    const server = new RealServer();
    before(() => server.start());
    after(() => server[Symbol.asyncDispose]());

    for (const { file } of snippets.filter(({ code }) => code.includes(example)))
      test(file, async () => {
        const { outputFiles } = await build({
          entryPoints: [join(folder, file)],
          alias: { passwindow: join(packageRoot, 'src/index.ts') },
          bundle: true,
          format: 'esm',
          platform: 'node',
          write: false,
        });
        const program = join(folder, file.replace(/\.tsx?$/, '.mjs'));
        writeFileSync(program, outputFiles[0]!.text.replaceAll(example, `${server.address}/chat`));
        const { code, output } = await run(program);
        assert.equal(code, 0, output);
        assert.ok(output.trim().length > 0, 'it says something');
      });
  });
});

function run(program: string): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program]);
    let output = '';
    child.stdout.on('data', (piece) => (output += piece));
    child.stderr.on('data', (piece) => (output += piece));
    child.on('close', (code) => resolve({ code, output }));
  });
}
