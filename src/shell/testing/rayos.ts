// The real `rayos` process, for tests: with pipes, or on a terminal (util-linux's script makes one).

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const start = join(import.meta.dirname, '../start.mjs');
const node = [process.execPath, '--disable-warning=ExperimentalWarning', start];

export type Ended = { readonly code: number | null; readonly out: string; readonly err: string };
export type Env = Readonly<Record<string, string>>;

/** No test waits longer for a process: it is ended then, and the test fails on what it has said. */
const timeout = 30_000;

const base = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/', LC_ALL: 'C.UTF-8' };

/** Starts `rayos`; the child is the caller's. */
export function spawnRayos(args: readonly string[], env: Env, cwd?: string): ChildProcess {
  const [program = '', ...before] = node;
  return spawn(program, [...before, ...args], { env: { ...base, ...env }, cwd, timeout });
}

/** Runs `rayos` to its end, without a terminal. */
export function rayos(args: readonly string[], env: Env, cwd?: string): Promise<Ended> {
  return ended(spawnRayos(args, env, cwd));
}

/** What is done once a text is on the screen: something is typed, or the test does something itself. */
export type Act = string | (() => void);

/** Runs `rayos` on a terminal and acts: each time once the text that it waits for is on the screen. */
export async function rayosOnTerminal(
  args: readonly string[],
  env: Env,
  acts: readonly (readonly [waitFor: RegExp, act: Act])[],
): Promise<Ended> {
  const command = [...node, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const child = spawn('script', ['-qec', `exec ${command}`, '/dev/null'], {
    env: { ...base, TERM: 'xterm', SHELL: '/bin/sh', ...env },
    timeout,
  });
  const left = [...acts];
  let seen = '';
  child.stdout.on('data', (chunk) => {
    seen += String(chunk);
    const [next] = left;
    if (next === undefined || !next[0].test(seen)) return;
    left.shift();
    seen = '';
    if (typeof next[1] === 'string') child.stdin.write(next[1]);
    else next[1]();
  });
  return ended(child);
}

function ended(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve, reject) => {
    let out = '';
    let err = '';
    child.stdout?.on('data', (chunk) => {
      out += String(chunk);
    });
    child.stderr?.on('data', (chunk) => {
      err += String(chunk);
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}
