import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { build } from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright-core';
import type * as client from '../src/index.js';
import type * as parser from '../src/event-stream.js';
import { missing, RealServer } from './real-server.js';
import { packageRoot, repositoryRoot } from './root.js';

const program = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const without = missing || (program || process.env.CI === 'true' ? false : 'chromium is missing');

// What runs in the page sees the package there.
declare const passwindow: typeof client & typeof parser;

/** A site whose page has the client, and whose connections to the server break after so many bytes. */
async function siteBefore(target: string, limit: (answer: number) => number) {
  const bundle = async (code: string) => (await build({ stdin: { contents: code, resolveDir: packageRoot }, bundle: true, format: 'esm', target: 'es2022', write: false })).outputFiles[0]!.text;
  const all = "import * as client from './src/index.ts'; import * as parser from './src/event-stream.ts'; globalThis.passwindow = { ...client, ...parser };";
  const files: Record<string, [type: string, content: string]> = {
    '/': ['text/html', '<!doctype html><title>Test</title><script type="module" src="/client.js"></script>'],
    '/client.js': ['text/javascript', await bundle(all)],
    '/worker.js': ['text/javascript', await bundle(`${all} const events = []; for await (const event of new passwindow.PasswindowClient().send('In a worker')) events.push(event); postMessage(events);`)],
  };
  let answers = 0;
  const server = createServer((asked, answer) => {
    const file = files[asked.url!];
    if (file)
      return void answer.writeHead(200, { 'Content-Type': file[0] }).end(file[1]);
    const forwarded = request(target + asked.url, { method: asked.method, headers: { ...asked.headers, host: new URL(target).host } }, (response) => {
      answer.writeHead(response.statusCode!, response.headers);
      answer.flushHeaders();
      let left = response.headers['content-type'] === 'text/event-stream' ? limit(answers++) : Infinity;
      response.on('data', (bytes: Buffer) => {
        answer.write(bytes.subarray(0, Math.max(0, left)), () => left <= 0 && answer.destroy());
        left -= bytes.length;
      });
      response.on('end', () => answer.end());
      response.on('error', () => answer.destroy());
    });
    forwarded.on('error', () => answer.destroy());
    answer.on('close', () => forwarded.destroy());
    asked.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { address: `http://127.0.0.1:${(server.address() as { port: number }).port}`, close: () => (server.closeAllConnections(), server.close()) };
}

describe('in Chromium', { skip: without, timeout: 120_000 }, () => {
  const server = new RealServer();
  let browser: Browser;
  let site: Awaited<ReturnType<typeof siteBefore>>;
  let page: Page;

  before(async () => {
    await server.start();
    site = await siteBefore(server.address, (answer) => 300 + ((answer * 7919) % 1500));
    browser = await chromium.launch({ executablePath: program!, args: ['--no-sandbox', '--disable-gpu'] });
    page = await browser.newPage();
    await page.goto(site.address);
    await page.waitForFunction('globalThis.passwindow');
  });
  after(async () => {
    await browser?.close();
    site?.close();
    await server[Symbol.asyncDispose]();
  });

  test('the cases of the web platform pass, byte by byte too', async () => {
    const cases = JSON.parse(readFileSync(join(repositoryRoot, 'tests/fixtures/sse-parser-cases.json'), 'utf8'));
    const failed = await page.evaluate((cases: { name: string; chunks: string[]; expected: parser.Frame[]; lastEventId: string; retry: number | null }[]) => {
      const wrong: string[] = [];
      for (const { name, chunks, expected, lastEventId, retry } of cases) {
        const given = chunks.map((chunk) => Uint8Array.from(atob(chunk), (letter) => letter.charCodeAt(0)));
        const bytes = given.flatMap((chunk) => [...chunk]);
        for (const pieces of [given, bytes.length < 10_000 ? bytes.map((byte) => Uint8Array.of(byte)) : given]) {
          const frames: parser.Frame[] = [];
          const reader = new passwindow.EventStreamParser((frame) => frames.push(frame));
          pieces.forEach((piece) => reader.push(piece));
          const is = JSON.stringify([frames.map(({ event, data, id }) => [event, data, id]), reader.lastEventId, reader.retry ?? null]);
          if (is !== JSON.stringify([expected.map(({ event, data, id }) => [event, data, id]), lastEventId, retry]))
            wrong.push(name);
        }
      }
      return wrong;
    }, cases);
    assert.deepEqual([failed, cases.length >= 127], [[], true]);
  });

  test('a turn whose every connection is cut is whole', async () => {
    const { events, again, lost } = await page.evaluate(async () => {
      const all = async (turn: client.Turn) => {
        const events: client.TurnEvent[] = [];
        for await (const event of turn)
          events.push(event);
        return events;
      };
      const chat = new passwindow.PasswindowClient({ retry: { maxDelay: 50 } });
      let lost = 0;
      const turn = chat.send('Hello', { onConnection: (state) => (lost += state === 'lost' ? 1 : 0) });
      const events = await all(turn);
      return { events, again: await all(chat.follow(turn.id!)), lost };
    });
    assert.deepEqual(events, again);
    assert.equal(events.at(-1)!.type, 'done');
    assert.ok(lost > 1, `${lost} connections were lost`);
  });

  test('a page that was offline goes on where it was', async () => {
    const running = page.evaluate(async () => {
      const chat = new passwindow.PasswindowClient({ retry: { maxDelay: 50 } });
      const turn = chat.send('slow', {
        onEvent: ({ seq }) => seq === 3 && document.body.setAttribute('data-third', turn.id!),
        onConnection: (state) => state === 'lost' && document.body.setAttribute('data-lost', ''),
      });
      const { finish_reason, last_seq } = await turn.finished;
      return { finish_reason, last_seq };
    });
    await page.waitForSelector('[data-third]', { state: 'attached' });
    await page.context().setOffline(true);
    await page.waitForSelector('[data-lost]', { state: 'attached' });
    await page.context().setOffline(false);
    const receipt = await page.evaluate(() => new passwindow.PasswindowClient().stop(document.body.getAttribute('data-third')!));
    assert.deepEqual(await running, { finish_reason: 'stopped', last_seq: receipt.last_seq });
  });

  test('a worker has it too', async () => {
    const events = await page.evaluate(() => new Promise<client.TurnEvent[]>((resolve) => {
      new Worker('/worker.js', { type: 'module' }).onmessage = ({ data }) => resolve(data);
    }));
    assert.deepEqual([events[0]!.type, events.at(-1)!.type], ['start', 'done']);
    assert.deepEqual(events.map(({ seq }) => seq), events.map((_, index) => index + 1));
  });
});
