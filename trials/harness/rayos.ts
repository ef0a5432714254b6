// A whole RayOS for a trial: its own state, its own port, real guests. Everything that it starts has
// ended, and every file that it made is gone, when it is disposed of.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type {
  CommandAnswer,
  CommandArguments,
  CommandName,
  CommandResult,
  MarkerName,
  MarkerRecord,
} from '../../src/contracts/index.ts';
import { isAlive, own, paths, within } from '../../src/foundation/index.ts';

const root = join(import.meta.dirname, '../..');
const node = join(root, 'node_modules/.bin/node');

export type CliResult = { readonly code: number; readonly stdout: string; readonly stderr: string };

export class TestRayos implements AsyncDisposable {
  readonly stateDir: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #socket: string;
  readonly #markers: MarkerRecord[] = [];
  readonly #waiting = new Set<() => void>();
  #daemon: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();
  #output = '';

  private constructor(env: NodeJS.ProcessEnv) {
    this.stateDir = mkdtempSync(join(tmpdir(), 'rayos-trial-'));
    this.#env = { ...process.env, ...env, RAYOS_STATE: this.stateDir };
    this.#socket = paths(this.#env).socket;
  }

  /** Starts rayosd and waits for RAYOS_BOOT_MARKER:SHELL. `args` go to rayosd. */
  static async start(
    args: readonly string[] = [],
    env: NodeJS.ProcessEnv = {},
  ): Promise<TestRayos> {
    const rayos = new TestRayos(env);
    try {
      await rayos.boot(args);
      return rayos;
    } catch (thrown) {
      await rayos[Symbol.asyncDispose]();
      throw thrown;
    }
  }

  /** Starts rayosd again on the same state. */
  async boot(args: readonly string[] = []): Promise<void> {
    const daemon = spawn(
      node,
      ['--disable-warning=ExperimentalWarning', 'src/rayosd/main.ts', '--port', '0', ...args],
      { cwd: root, env: this.#env, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.#daemon = daemon;
    this.#exited = new Promise((resolve) => daemon.once('exit', () => resolve()));
    const ready = Promise.withResolvers<void>();
    // What an earlier one has printed does not say that this one answers.
    const from = this.#output.length;
    const hear = (chunk: Buffer) => {
      this.#output += chunk.toString();
      if (this.#output.includes('#token=', from)) ready.resolve();
    };
    daemon.stdout.on('data', hear);
    daemon.stderr.on('data', hear);
    daemon.once('exit', (code) =>
      ready.reject(new Error(`rayosd ended with ${code}:\n${this.#output}`)),
    );
    await within(ready.promise, 60_000, () => new Error(`rayosd is not up:\n${this.#output}`));
    this.#markers.length = 0;
    this.#followMarkers();
    await this.marker('BOOT_MARKER:SHELL');
  }

  /** Starts a second rayosd on the same state; rejects with what it says as it ends. */
  second(): Promise<never> {
    const { promise, reject } = Promise.withResolvers<never>();
    execFile(
      node,
      ['src/rayosd/main.ts', '--port', '0'],
      { cwd: root, env: this.#env },
      (_error, stdout, stderr) => reject(new Error(stdout + stderr)),
    );
    return promise;
  }

  /** Where the terminal speaks with rayosd. */
  get socket(): string {
    return this.#socket;
  }

  /** Process id of rayosd. */
  get pid(): number {
    return this.#daemon?.pid ?? 0;
  }

  /** Everything that rayosd has printed. */
  get output(): string {
    return this.#output;
  }

  /** A fresh address with a one-time login. */
  async address(): Promise<string> {
    return (await this.run('session.link', {})).address;
  }

  /** Runs a command as the terminal does. Throws the error body. */
  async run<N extends CommandName>(
    name: N,
    args: CommandArguments<N>,
    consent?: string,
  ): Promise<CommandResult<N>> {
    const answer = await this.ask(name, args, consent);
    if ('error' in answer)
      throw Object.assign(new Error(`${name}: ${answer.error.message}`), answer);
    return answer.result as CommandResult<N>;
  }

  ask(name: string, args: unknown, consent?: string): Promise<CommandAnswer> {
    const body = JSON.stringify({ arguments: args, ...(consent === undefined ? {} : { consent }) });
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          socketPath: this.#socket,
          path: `/api/commands/${name}`,
          method: 'POST',
          headers: { 'content-type': 'application/json' },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => {
            text += chunk;
          });
          response.on('end', () => resolve(JSON.parse(text) as CommandAnswer));
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  /** Asks for a command and closes the connection as soon as it is on its way. */
  async hangUp(name: string, args: unknown): Promise<void> {
    const outgoing = request({
      socketPath: this.#socket,
      path: `/api/commands/${name}`,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    outgoing.on('error', () => undefined);
    outgoing.end(JSON.stringify({ arguments: args }));
    await this.marker('GUEST:STARTING');
    outgoing.destroy();
  }

  /** Runs the real `rayos`, as a person would. */
  cli(...args: string[]): Promise<CliResult> {
    return new Promise((resolve) => {
      execFile(
        join(root, 'bin/rayos'),
        args,
        { env: this.#env, cwd: this.stateDir, maxBuffer: 64 * 1024 * 1024 },
        (error, stdout, stderr) => {
          resolve({
            code: typeof error?.code === 'number' ? error.code : error ? 1 : 0,
            stdout,
            stderr,
          });
        },
      );
    });
  }

  /** Runs a `rayos` that goes on printing, until it is disposed of. */
  follow(...args: string[]): { line(pattern: RegExp): Promise<string> } & AsyncDisposable {
    const child = own(
      spawn(join(root, 'bin/rayos'), args, {
        env: this.#env,
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    );
    const lines: string[] = [];
    const waiting = new Set<() => void>();
    createInterface({ input: child.process.stdout ?? process.stdin }).on('line', (line) => {
      lines.push(line);
      for (const wake of waiting) wake();
      waiting.clear();
    });
    return {
      async line(pattern) {
        for (;;) {
          const found = lines.find((line) => pattern.test(line));
          if (found !== undefined) return found;
          const { promise, resolve } = Promise.withResolvers<void>();
          waiting.add(resolve);
          await within(
            promise,
            30_000,
            () => new Error(`no ${pattern} was printed:\n${lines.join('\n')}`),
          );
        }
      },
      [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
    };
  }

  get markers(): readonly MarkerRecord[] {
    return this.#markers;
  }

  /** The first marker of that name after the first `after` ones, waiting for it if need be. */
  async marker(
    name: MarkerName,
    options: {
      readonly after?: number;
      readonly where?: (marker: MarkerRecord) => boolean;
      readonly timeoutMs?: number;
    } = {},
  ): Promise<MarkerRecord> {
    const { after = 0, where = () => true, timeoutMs = 240_000 } = options;
    const find = () =>
      this.#markers.slice(after).find((marker) => marker.name === name && where(marker));
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const found = find();
      if (found) return found;
      const news = Promise.withResolvers<void>();
      this.#waiting.add(news.resolve);
      await within(
        news.promise,
        Math.max(1, deadline - Date.now()),
        () =>
          new Error(
            `no ${name} came; markers so far:\n${this.#markers.map((m) => m.line).join('\n')}\n${this.#output}`,
          ),
      );
    }
  }

  /** What the guest has written to its serial console. */
  async serial(guest: string): Promise<string> {
    const { serialLog } = await this.run('guest.show', { guest });
    return existsSync(serialLog) ? readFileSync(serialLog, 'utf8') : '';
  }

  /** Waits until the guest has written `text` to its serial console. */
  async serialSays(guest: string, text: string, timeoutMs = 20_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!(await this.serial(guest)).includes(text)) {
      if (Date.now() > deadline)
        throw new Error(
          `the guest did not write "${text}":\n${(await this.serial(guest)).slice(-2000)}`,
        );
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Ends rayosd without warning. */
  async kill(): Promise<void> {
    const daemon = this.#daemon;
    if (!daemon) return;
    daemon.kill('SIGKILL');
    await this.#exited;
    this.#daemon = undefined;
  }

  /** Resolves when rayosd has ended by itself. */
  async ended(): Promise<void> {
    const daemon = this.#daemon;
    if (!daemon) return;
    await this.#exited;
    if (this.#daemon === daemon) this.#daemon = undefined;
  }

  /** Where its sockets are. */
  get runtimeDir(): string {
    return paths(this.#env).runtimeDir;
  }

  /** Stops rayosd as Ctrl-C does; its exit code. */
  async stop(): Promise<number> {
    const daemon = this.#daemon;
    if (!daemon) return 0;
    this.#daemon = undefined;
    if (daemon.exitCode !== null) return daemon.exitCode;
    const { promise, resolve } = Promise.withResolvers<number>();
    daemon.once('exit', (code) => resolve(code ?? 1));
    daemon.kill('SIGINT');
    return within(promise, 90_000, () => new Error(`rayosd did not stop:\n${this.#output}`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const guests = this.#daemon
      ? await this.run('guest.list', {}).catch(() => undefined)
      : undefined;
    const pids = await Promise.all(
      (guests?.guests ?? []).map(
        async ({ name }) => (await this.run('guest.show', { guest: name })).pid,
      ),
    );
    try {
      await this.stop();
    } finally {
      if (this.#daemon) await own(this.#daemon).stop();
      for (const pid of pids) if (pid !== undefined && isAlive(pid)) process.kill(pid, 'SIGKILL');
      rmSync(this.stateDir, { recursive: true, force: true });
      rmSync(paths(this.#env).runtimeDir, { recursive: true, force: true });
    }
  }

  #followMarkers(): void {
    const body = JSON.stringify({ arguments: { follow: true } });
    const outgoing = request(
      {
        socketPath: this.#socket,
        path: '/api/commands/log.markers',
        method: 'POST',
        headers: { 'content-type': 'application/json' },
      },
      (response) => {
        const lines = createInterface({ input: response });
        lines.on('error', () => undefined);
        lines.on('line', (line) => {
          this.#markers.push(JSON.parse(line) as MarkerRecord);
          for (const wake of this.#waiting) wake();
          this.#waiting.clear();
        });
        response.on('error', () => undefined);
      },
    );
    outgoing.on('error', () => undefined);
    outgoing.end(body);
  }
}

/** Whether a process runs: not gone, and not a zombie whose parent has yet to look at it. */
export function runs(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
