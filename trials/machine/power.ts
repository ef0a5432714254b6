// One time that a machine is on: a QEMU, its serial console, and its TPM beside it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { own, sleep, within } from '../../src/foundation/index.ts';
import { QmpClient } from '../../src/hypervisor/index.ts';
import type { Parts } from './command-line.ts';
import type { SerialConsole } from './serial.ts';
import { tied } from './tied.ts';
import { startTpm } from './tpm.ts';

const startLimitMs = 60_000;

export type PoweredMachine = AsyncDisposable & {
  readonly pid: number;
  readonly qmp: QmpClient;
  /** How QEMU ended, in words; everything that the guest said has been heard by then. */
  readonly exited: Promise<string>;
  readonly isOver: boolean;
  send(text: string): void;
  /** SIGKILL, and its end awaited. */
  kill(): Promise<void>;
  /** What QEMU itself complained of. */
  words(): string;
};

type Place = { readonly folder: string; readonly serial: SerialConsole };

/** Starts QEMU; everything is connected when this has resolved. */
export async function powerOn(
  binary: string,
  args: readonly string[],
  parts: Parts,
  hasTpm: boolean,
  { folder, serial }: Place,
): Promise<PoweredMachine> {
  await using stack = new AsyncDisposableStack();
  const log = join(folder, 'qemu.log');
  rmSync(parts.serialSocket, { force: true });
  rmSync(parts.qmpSocket, { force: true });
  const server = createServer();
  stack.defer(() => void server.close());
  server.listen(parts.serialSocket);
  await once(server, 'listening');
  const connected = once(server, 'connection') as Promise<[Socket]>;
  if (hasTpm) stack.use(await startTpm(join(folder, 'tpm-state'), parts.tpmSocket));
  const logFd = openSync(log, 'a');
  // A test that is ended in the middle, by whatever, leaves no machine behind.
  const [program, tiedArgs] = tied(binary, args);
  const stdio = ['ignore' as const, logFd, logFd];
  const child = stack.use(own(spawn(program, tiedArgs, { stdio, cwd: '/' })));
  closeSync(logFd);
  const { pid } = child.process;
  let isOver = pid === undefined;
  const kill = () => void child.process.kill('SIGKILL');
  const ended = child.exited.then(({ code, signal }) => {
    isOver = true;
    return signal === null ? `status ${code}` : `by ${signal}`;
  });
  const words = () => readFileSync(log, 'utf8').trim().slice(-2000);
  const early = ended.then((how) => {
    throw new Error(`QEMU ended at once (${how}): ${words()}`);
  });
  early.catch(() => {});
  const late = () => new Error(`QEMU does not start: ${words()}`);
  const [socket] = await within(Promise.race([connected, early]), startLimitMs, late);
  const heard = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const serialLog = join(folder, 'serial.log');
  socket.on('data', (bytes: Buffer) => {
    appendFileSync(serialLog, bytes);
    serial.push(bytes);
  });
  socket.on('error', () => {});
  stack.defer(() => void socket.destroy());
  const qmp = stack.use(await Promise.race([connect(parts.qmpSocket), early]));
  const exited = Promise.all([ended, heard]).then(([how]) => {
    serial.end();
    return how;
  });
  const owned = stack.move();
  return {
    pid: pid ?? 0,
    qmp,
    exited,
    get isOver() {
      return isOver;
    },
    send: (text) => void socket.write(text),
    kill: async () => {
      kill();
      await exited;
    },
    words,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** QEMU listens a moment after it has connected its other ends. */
async function connect(path: string): Promise<QmpClient> {
  const deadline = performance.now() + startLimitMs;
  for (;;) {
    try {
      return await QmpClient.connect(path);
    } catch (thrown) {
      if (performance.now() > deadline) throw thrown;
      await sleep(50);
    }
  }
}
