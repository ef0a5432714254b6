// The programs that recovery is made of (mount, btrfs, systemctl), each with its arguments as a list and with
// an end: a disk that does not answer must not take the menu with it.

import { spawnSync } from 'node:child_process';

export type Ran = { readonly isWell: boolean; readonly output: string };

/** Runs a program; its output is what it said on both streams, cut to what a screen can use. */
export type Run = (
  program: string,
  args: readonly string[],
  options?: { readonly limitMs?: number; readonly isShown?: boolean },
) => Ran;

export const run: Run = (program, args, { limitMs = 60_000, isShown = false } = {}) => {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: limitMs,
    maxBuffer: 1 << 20,
    stdio: isShown ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
  });
  const said = `${stdout ?? ''}${stderr ?? ''}`.trim();
  return { isWell: status === 0, output: error === undefined ? said : `${said}\n${error.message}` };
};
