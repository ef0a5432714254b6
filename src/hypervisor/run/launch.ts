// Starts QEMU so that it outlives us: in a session of its own, as a user of its own, with nothing of ours
// but its log and its sockets.

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { RayError } from '../../contracts/index.ts';
import { startAs, unlessAborted } from '../../foundation/index.ts';
import { asOutcome } from '../cancelled.ts';
import { needOwnData } from '../disk/qcow2.ts';
import { closeAllOnExec, closeDescriptor, connectUnix, listenUnix } from '../ffi/descriptors.ts';
import { startTimeOf } from '../ffi/process.ts';
import { commandLine } from '../machine/command-line.ts';
import type { MachineConfig } from '../machine/config.ts';
import { type MachineHandle, machineFiles, machineHandles, qcow2Files } from '../machine/files.ts';
import { machineSockets } from '../machine/sockets.ts';
import { QmpClient } from '../qmp/client.ts';
import { lastWords, logPosition, pathOf } from './log.ts';
import type { QemuExit, RunningQemu } from './running.ts';

export type LaunchOptions = {
  readonly binary: string;
  /** The user and group that QEMU runs as, where this process can start it as another (`canBecome`). Other groups are given up. */
  readonly uid?: number;
  readonly gid?: number;
  /** Gets QEMU's stdout and stderr: a regular file, which stays the caller's to close. */
  readonly logFd: number;
  /** Connected sockets by the names of `network-socket` devices; they stay the caller's to close. */
  readonly connected?: ReadonlyMap<string, number>;
  /**
   * Runs as soon as there is a process, before anything is asked of it, and is waited for, unless QEMU ends or
   * the launch is ended first; when it throws, QEMU is ended.
   */
  onSpawned?(process: { readonly pid: number; readonly startTime: number }): void | Promise<void>;
  /** Ends the launch; a QEMU that runs already is not touched. */
  readonly signal: AbortSignal;
};

const answerTimeoutMs = 30_000;

/**
 * Starts QEMU; resolves when its QMP answers. Throws GUEST_DIED with its last words when it ends before,
 * TIMED_OUT, CANCELLED, BAD_REQUEST; FILE_CORRUPT, FILE_UNREADABLE for a disk. Whenever it throws, no QEMU is left.
 */
export async function launchQemu(
  config: MachineConfig,
  options: LaunchOptions,
): Promise<RunningQemu> {
  if (options.signal.aborted) throw asOutcome(undefined, options.signal);
  const args = commandLine(config);
  for (const file of qcow2Files(config)) needOwnData(file);
  const logStart = logPosition(options.logFd);
  const child = start(config, args, options);
  const exited = exitOf(child);
  const startTime = child.pid === undefined ? undefined : startTimeOf(child.pid);
  try {
    const { pid } = child;
    if (pid !== undefined && startTime !== undefined) {
      const noted = Promise.resolve(options.onSpawned?.({ pid, startTime }));
      await unlessAborted(unlessEnded(noted, exited), options.signal);
    }
    const qmp = await answering(config.qmpSocket, exited, options.signal);
    if (pid === undefined || startTime === undefined) throw await exited;
    child.unref();
    return {
      pid,
      startTime,
      qmp,
      exited: exited.then(({ code, signal }) => ({ code, signal })),
      resume: async () => void (await qmp.execute('cont')),
      kill: async () => {
        child.ref();
        child.kill('SIGKILL');
        await exited;
      },
      release: () => child.unref(),
    };
  } catch (thrown) {
    child.kill('SIGKILL');
    const exit = await exited;
    throw isEnd(thrown) ? died(exit, options.logFd, logStart) : asOutcome(thrown, options.signal);
  }
}

/** How QEMU ended; `failure` when it could not even be started. */
type End = QemuExit & { readonly failure?: string };

function start(config: MachineConfig, args: string[], options: LaunchOptions): ChildProcess {
  const { binary, uid, gid, logFd } = options;
  const listening: number[] = [];
  const opened: number[] = [];
  const handled: number[] = [];
  try {
    for (const { path } of machineSockets(config)) listening.push(listenUnix(path));
    for (const { path, writable } of machineFiles(config))
      opened.push(openSync(path, writable ? 'r+' : 'r'));
    const handles = machineHandles(config).map((handle) => {
      const given = options.connected?.get(handle.path);
      if (given !== undefined) return given;
      const fd = openHandle(handle);
      handled.push(fd);
      return fd;
    });
    closeAllOnExec();
    const start = startAs({ uid, gid }, binary, args);
    return spawn(start.file, start.args, {
      cwd: '/',
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' },
      detached: true,
      stdio: ['ignore', logFd, logFd, ...listening, ...opened, ...handles],
      ...start.ids,
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RayError('GUEST_DIED', `QEMU cannot be started: ${reason}`, {}, cause);
  } finally {
    for (const fd of listening) closeDescriptor(fd);
    for (const fd of opened) closeSync(fd);
    for (const fd of handled) closeDescriptor(fd);
  }
}

function openHandle({ device, path }: MachineHandle): number {
  if (device.kind === 'network-socket') return connectUnix(path);
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
  return openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

function exitOf(child: ChildProcess): Promise<End> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', (error) => {
      if (child.pid === undefined) resolve({ code: 127, signal: null, failure: error.message });
    });
  });
}

/** The value of `promise`, unless QEMU ends first: its End is then thrown. */
function unlessEnded<T>(promise: Promise<T>, exited: Promise<End>): Promise<T> {
  const ended = exited.then((end) => {
    throw end;
  });
  return Promise.race([promise, ended]);
}

/** QMP, unless QEMU ends first: its End is then thrown. */
async function answering(path: string, exited: Promise<End>, signal: AbortSignal) {
  const giveUp = new AbortController();
  const connecting = QmpClient.connect(path, {
    signal: AbortSignal.any([signal, giveUp.signal]),
    timeoutMs: answerTimeoutMs,
  });
  try {
    return await unlessEnded(connecting, exited);
  } catch (thrown) {
    giveUp.abort();
    // A QEMU that ends breaks its connection first: its end is the better reason.
    const broke = thrown instanceof RayError && thrown.code === 'QEMU_PROTOCOL';
    if (broke && !signal.aborted) throw await exited;
    throw thrown;
  }
}

function isEnd(thrown: unknown): thrown is End {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown && 'signal' in thrown;
}

function died(end: End, logFd: number, logStart: number): RayError {
  const logFile = pathOf(logFd);
  if (end.failure !== undefined)
    return new RayError('GUEST_DIED', `QEMU cannot be started: ${end.failure}`, { logFile });
  const words = lastWords(logFd, logStart);
  const how = end.signal === null ? `with status ${end.code}` : `by ${end.signal}`;
  const said = words === '' ? 'it said nothing' : `it said: ${words}`;
  return new RayError('GUEST_DIED', `QEMU ended ${how} before it answered; ${said}`, { logFile });
}
