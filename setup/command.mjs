// Running other programs: always by argument list, never through a shell.
// @ts-check

import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * @typedef {object} Outcome
 * @property {number} code exit status; 128 + signal number when a signal ended it; 127 when it is not there
 */

/**
 * Runs a program to its end; every line of its output goes to `onLine`.
 * @param {readonly string[]} command program and arguments
 * @param {{ onLine?: (line: string) => void, env?: NodeJS.ProcessEnv, cwd?: string }} [options]
 * @returns {Promise<Outcome>}
 */
export function runLines([program = '', ...args], { onLine = () => {}, env, cwd } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      let rest = '';
      stream.setEncoding('utf8').on('data', (chunk) => {
        const lines = (rest + chunk).split(/[\r\n]+/);
        rest = lines.pop() ?? '';
        for (const line of lines) onLine(line);
      });
      stream.on('end', () => rest !== '' && onLine(rest));
    }
    child.once('error', (thrown) => {
      onLine(thrown.message);
      resolve({ code: 127 });
    });
    child.once('close', (code, signal) => resolve({ code: exitCode(code, signal) }));
  });
}

/**
 * Runs a quick program; "" when it fails.
 * @param {readonly string[]} command
 */
export function outputOf([program = '', ...args]) {
  const { stdout } = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return stdout ?? '';
}

/** The exit status that a shell would show. @param {number | null} code @param {NodeJS.Signals | null} signal */
export function exitCode(code, signal) {
  return code ?? 128 + (signal === null ? 0 : osConstants.signals[signal]);
}

/** True if one of these programs can be run. @param {readonly string[]} names */
export function hasProgram(names) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return names.some((name) =>
    (isAbsolute(name) ? [name] : folders.map((folder) => join(folder, name))).some(isExecutable),
  );
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
