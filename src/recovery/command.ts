// The programs that recovery is made of (mount, btrfs, systemctl), each with its arguments as a list. One that
// only looks has an end: a disk that does not answer must not take the menu with it. One that writes has none:
// a repair that is killed in its middle leaves more damage than it found.

import { spawnSync } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, readSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

export type Ran = {
  readonly isWell: boolean;
  readonly output: string;
  /** It was ended because its time was over. What it had been asked to do may have been done all the same. */
  readonly isCutOff?: boolean;
};

/** Runs a program; its output is the end of what it said on both streams. Its time is a minute if not given. */
export type Run = (
  program: string,
  args: readonly string[],
  options?: { readonly limitMs?: number | 'none' },
) => Ran;

const longestOutput = 16 * 1024;

/**
 * Runs programs whose output goes to a file in `folder` without a name. There is no limit to it: to a program
 * that writes, a pipe that nobody empties is one more way to be stopped in its middle.
 */
export function runIn(folder: string): Run {
  return (program, args, { limitMs = 60_000 } = {}) => {
    const output = openUnnamed(folder);
    try {
      const { status, error } = spawnSync(program, args, {
        stdio: ['ignore', output, output],
        ...(limitMs === 'none' ? {} : { timeout: limitMs }),
      });
      const said = endOf(output);
      return {
        isWell: status === 0,
        output: error === undefined ? said : `${said}\n${error.message}`.trim(),
        isCutOff: error !== undefined && 'code' in error && error.code === 'ETIMEDOUT',
      };
    } finally {
      closeSync(output);
    }
  };
}

function openUnnamed(folder: string): number {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `output-${process.pid}`);
  const descriptor = openSync(file, 'w+', 0o600);
  unlinkSync(file);
  return descriptor;
}

function endOf(descriptor: number): string {
  const { size } = fstatSync(descriptor);
  const bytes = Buffer.alloc(Math.min(size, longestOutput));
  const read = readSync(descriptor, bytes, 0, bytes.length, size - bytes.length);
  return bytes.toString('utf8', 0, read).trim();
}
