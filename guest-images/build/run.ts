// Runs one foreign program of the build: no shell, no terminal, fixed language, ended with the build.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { RayError } from '../../src/contracts/index.ts';
import { own } from '../../src/foundation/index.ts';

export type RunOptions = {
  readonly signal?: AbortSignal | undefined;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Each line of standard error and output, as it comes. */
  readonly onLine?: (line: string) => void;
  /** Each line of descriptor 3, where the program is told to report its progress. */
  readonly onStatus?: (line: string) => void;
};

/** What a program wrote and how it ended; it may have ended badly. */
export type RunResult = { readonly code: number; readonly output: Buffer; readonly errors: string };

/** More output than any of the build's programs has reason to write. */
const maxOutputBytes = 64 * 1024 * 1024;

/** Runs to the end. Throws NOT_ON_THIS_HOST when the program is missing, CANCELLED when aborted. */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  throwIfAborted(options.signal);
  const spawned = spawn(command, args, {
    cwd: options.cwd,
    env: {
      ...process.env,
      LC_ALL: 'C.UTF-8',
      DEBIAN_FRONTEND: 'noninteractive',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe', options.onStatus === undefined ? 'ignore' : 'pipe'],
  });
  let failure: NodeJS.ErrnoException | undefined;
  spawned.once('error', (error) => {
    failure = error;
  });
  await using child = own(spawned);
  const stop = () => void child.stop();
  options.signal?.addEventListener('abort', stop, { once: true });
  const chunks: Buffer[] = [];
  let size = 0;
  spawned.stdout?.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= maxOutputBytes) chunks.push(chunk);
  });
  let errors = '';
  if (spawned.stderr !== null)
    createInterface({ input: spawned.stderr }).on('line', (line) => {
      errors = `${errors}${line}\n`.slice(-8192);
      options.onLine?.(line);
    });
  const status = spawned.stdio[3];
  if (status && 'read' in status && options.onStatus !== undefined)
    createInterface({ input: status }).on('line', options.onStatus);
  try {
    await new Promise<void>((resolve) => {
      spawned.once('close', () => resolve());
      spawned.once('error', () => resolve());
    });
    const { code } = await child.exited;
    throwIfAborted(options.signal);
    if (failure !== undefined) throw missing(command, failure);
    return { code: code ?? 128, output: Buffer.concat(chunks), errors };
  } finally {
    options.signal?.removeEventListener('abort', stop);
  }
}

/** As `run`, for programs that have to succeed: anything else is IMAGE_BROKEN with their last words. */
export async function runWell(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Buffer> {
  const { code, output, errors } = await run(command, args, options);
  if (code === 0) return output;
  const words = errors.trim().split('\n').slice(-3).join(' · ');
  throw new RayError('IMAGE_BROKEN', `${command} ended with ${code}: ${words}`, { command, code });
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true)
    throw new RayError('CANCELLED', 'the building of the guest image was cancelled');
}

function missing(command: string, cause: NodeJS.ErrnoException): RayError {
  return new RayError(
    'NOT_ON_THIS_HOST',
    `${command} cannot be run here: ${cause.message}`,
    { remedy: `Guest images are built with ${command}, which Debian 12 and 13 have.` },
    cause,
  );
}
