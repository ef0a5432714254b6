// A child in the foreground that hears each signal once. Ctrl-C reaches every process of a terminal, and
// npm passes it on as well; so the child gets a session of its own, and what arrives here more than once
// within a second is passed on once. npm that is ended itself takes only the shell between us along: the
// child then gets the SIGTERM that was meant for it.
// @ts-check

import { spawn } from 'node:child_process';
import { exitCode } from './command.mjs';

const sameSignalMs = 1000;
const parentCheckMs = 1000;
const passedOn = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']);

/**
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ stdin?: 'ignore' | 'inherit' }} [options] whether it may read this terminal
 * @returns {Promise<number>} the exit status of the child, after its clean end
 */
export function runInForeground(program, args, { stdin = 'ignore' } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: [stdin, 'inherit', 'inherit'], detached: true });
    /** @type {Map<string, number>} */
    const lastHeard = new Map();
    const handlers = passedOn.map((signal) => {
      const handler = () => {
        const now = performance.now();
        const last = lastHeard.get(signal) ?? Number.NEGATIVE_INFINITY;
        lastHeard.set(signal, now);
        if (now - last > sameSignalMs) child.kill(signal);
      };
      process.on(signal, handler);
      return { signal, handler };
    });
    const orphaned = whenOrphaned(() => child.kill('SIGTERM'));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearInterval(orphaned);
      for (const { signal: name, handler } of handlers) process.off(name, handler);
      resolve(exitCode(code, signal));
    });
  });
}

/** Calls `act` once when npm's shell, which started us, is gone. @param {() => void} act */
function whenOrphaned(act) {
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    act();
  }, parentCheckMs);
  return timer;
}
