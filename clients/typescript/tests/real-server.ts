import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from './root.js';

const program = join(repositoryRoot, 'src/Passwindow.Server/bin/Debug/net10.0/Passwindow.Server.dll');

/** Why these tests are left out here; in CI they fail instead. */
export const missing = existsSync(program) || process.env.CI === 'true' ? false : 'the server is not built';

/** The real program with the demo for a model. */
export class RealServer {
  readonly #journal = mkdtempSync(join(tmpdir(), 'passwindow-client-'));
  #process: ChildProcess | undefined;
  address = 'http://127.0.0.1:0';

  /** Starts it, again on the address it had before. */
  async start(): Promise<this> {
    const environment = Object.entries(process.env).filter(([name]) => !/^(OPENAI|ANTHROPIC|OLLAMA|PASSWINDOW|ASPNETCORE|URLS)/i.test(name));
    const child = spawn('dotnet', [program, 'serve', '--urls', this.address, `--Passwindow:Journal=${this.#journal}`], {
      env: { ...Object.fromEntries(environment), Passwindow__FindOllama: 'false' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#process = child;
    this.address = await new Promise<string>((resolve, reject) => {
      let said = '';
      child.stdout.on('data', (piece: Buffer) => {
        said += piece;
        const found = /serves on (http:\S+)/.exec(said);
        if (found)
          resolve(found[1]!.replace(/\/$/, ''));
      });
      child.once('exit', () => reject(new Error(`The server ended: ${said}`)));
    });
    return this;
  }

  /** SIGKILL: no line of it runs any more. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null)
      return;
    await new Promise((resolve) => {
      child.once('exit', resolve);
      child.kill('SIGKILL');
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.#journal, { recursive: true, force: true });
  }
}

/** Passes bytes on, and resets a connection once it has brought the client so many. */
export class CuttingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  connections = 0;

  /** @param limit the bytes that the nth connection may bring */
  constructor(target: string, limit: (connection: number) => number) {
    const { hostname, port } = new URL(target);
    this.#server = createServer((client) => {
      const upstream = connect(Number(port), hostname);
      let left = limit(this.connections++);
      const cut = () => {
        client.resetAndDestroy();
        upstream.destroy();
      };
      for (const socket of [client, upstream]) {
        this.#sockets.add(socket);
        socket.on('error', cut).on('close', () => this.#sockets.delete(socket));
      }
      client.pipe(upstream);
      upstream.on('data', (bytes: Buffer) => {
        const piece = bytes.subarray(0, left);
        left -= piece.length;
        client.write(piece, () => left <= 0 && cut());
      });
      upstream.on('end', () => client.end());
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets)
      socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
