import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { packageRoot } from './root.js';

/** The most that the client may weigh, its parser included, minified and gzipped. */
const MaxBytes = 6 * 1024;

test('the client weighs less than 6 KB', async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(packageRoot, 'src/index.ts')],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    metafile: true,
  });
  const weight = gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
  assert.ok(weight < MaxBytes, `${weight} bytes`);
  const packages = Object.keys(metafile.inputs).flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  assert.deepEqual([...new Set(packages)], ['eventsource-parser']);
});

describe('the packed package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'passwindow-pack-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const run = (program: string, ...given: string[]) => execFileSync(program, given, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const own = (name: string) => join(packageRoot, 'node_modules', name);

  test('installs into a fresh project, and runs and type-checks there', () => {
    run('npm', 'pack', packageRoot, '--silent', '--pack-destination', folder);
    run('npm', 'pack', own('eventsource-parser'), '--silent', '--ignore-scripts', '--pack-destination', folder);
    const tarballs = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    assert.equal(tarballs.length, 2);
    writeFileSync(join(folder, 'package.json'), '{"name":"fresh","private":true,"type":"module"}');
    run('npm', 'install', '--offline', '--no-audit', '--no-fund', '--silent', ...tarballs.map((name) => `./${name}`));

    const installed = join(folder, 'node_modules/passwindow');
    assert.deepEqual(readdirSync(installed).sort(), ['LICENSE', 'README.md', 'dist', 'package.json']);
    writeFileSync(join(folder, 'run.js'), "import { PasswindowClient, textOf, emptyTurn } from 'passwindow';\nconsole.log(typeof new PasswindowClient().send, JSON.stringify(textOf(emptyTurn)));\n");
    assert.equal(run('node', 'run.js').trim(), 'function ""');

    writeFileSync(join(folder, 'main.ts'), `
      import { PasswindowClient, PasswindowError, type TurnEvent } from 'passwindow';
      const client = new PasswindowClient({ baseUrl: 'http://localhost/chat', headers: () => ({ Authorization: 'x' }) });
      export async function ask(): Promise<string | undefined> {
        const turn = client.send({ message: 'Hi', if_active: 'enqueue' }, { onToken: (token) => token.length, signal: AbortSignal.timeout(5) });
        for await (const event of turn)
          if (event.type === 'tool_call')
            console.log(event.arguments['a'], event.seq.toFixed());
        return (await turn.finished).finish_reason;
      }
      export const told = (event: TurnEvent) => (event.type === 'done' ? event.finish_reason : undefined);
      export const code = (error: unknown) => (error instanceof PasswindowError ? error.code : '');
      // @ts-expect-error a message is needed
      client.send({});
      // @ts-expect-error there is no such event
      export const wrong = (event: TurnEvent) => event.type === 'nonsense';
    `);
    mkdirSync(join(folder, 'node_modules/@types'));
    link('@types/node', 'undici-types', 'react', '@types/react', 'csstype');
    check('main.ts', '--module', 'nodenext', '--lib', 'es2022', '--types', 'node');
    check('main.ts', '--module', 'esnext', '--moduleResolution', 'bundler', '--lib', 'es2022,dom,dom.iterable', '--types', '', '--skipLibCheck');

    writeFileSync(join(folder, 'page.tsx'), `
      import { PasswindowClient } from 'passwindow';
      import { useChat } from 'passwindow/react';
      const client = new PasswindowClient();
      export function Page() {
        const { messages, status, error, sendMessage } = useChat({ client, onToken: (token) => token.trim() });
        return <button disabled={status !== 'ready'} onClick={() => sendMessage({ text: 'Hi' })}>{messages.length} {error?.code}</button>;
      }
    `);
    check('page.tsx', '--jsx', 'react-jsx', '--module', 'nodenext', '--lib', 'es2022,dom', '--types', '', '--skipLibCheck');

    writeFileSync(join(folder, 'sdk.ts'), `
      import type { ChatTransport, UIMessage } from 'ai';
      import { PasswindowClient } from 'passwindow';
      import { PasswindowChatTransport } from 'passwindow/ai-sdk';
      export const transport: ChatTransport<UIMessage<{ turn_id: string }>> = new PasswindowChatTransport({ client: new PasswindowClient() });
    `);
    for (const version of ['ai5', 'ai6', 'ai']) {
      rmSync(join(folder, 'node_modules/ai'), { force: true });
      symlinkSync(own(version), join(folder, 'node_modules/ai'));
      check('sdk.ts', '--module', 'nodenext', '--lib', 'es2023,dom,dom.iterable', '--types', 'node', '--skipLibCheck');
    }
  });

  function link(...names: string[]) {
    for (const name of names)
      symlinkSync(own(name), join(folder, 'node_modules', name));
  }

  function check(...given: string[]) {
    const { status, stdout } = spawnSync(process.execPath, [join(own('typescript'), 'bin/tsc'), '--noEmit', '--strict', '--target', 'es2022', '--ignoreConfig', ...given], { cwd: folder, encoding: 'utf8' });
    assert.equal(status, 0, `${given.join(' ')}\n${stdout}`);
  }
});
