// Whether RayOS answers: at its two doors, and to the program that its consoles run.

import { spawn } from 'node:child_process';
import { request } from 'node:http';
import { own } from '../../foundation/child.ts';
import { bad, type Check, good } from '../check.ts';

type Reply = { readonly status: number; readonly body: string };
type Target = { readonly socketPath: string } | { readonly host: string; readonly port: number };

const longestBody = 16 * 1024;

/**
 * A real request at each door: the terminal's must know who asks, the browser's must refuse who has not
 * signed in, in the API's own words.
 */
export function apiCheck(doors: { readonly socket: string; readonly port: () => number }): Check {
  return {
    name: 'api',
    asks: 'the API answers, and knows who asks',
    ask: async (signal) => {
      const terminal = await get({ socketPath: doors.socket }, signal);
      if (terminal.status !== 200 || !terminal.body.includes('"person:terminal"'))
        return bad(`the terminal's door answered ${terminal.status}`);
      const browser = await get({ host: '127.0.0.1', port: doors.port() }, signal);
      return browser.status === 401 && browser.body.includes('"NOT_SIGNED_IN"')
        ? good('both doors answer')
        : bad(`the browser's door answered ${browser.status} to somebody without a session`);
    },
  };
}

/** The program of the consoles, as they run it, for a question that rayosd has to answer. */
export function consoleCheck(program: string, args: readonly string[]): Check {
  return {
    name: 'console',
    asks: "the consoles' program gets an answer",
    limitMs: 60_000,
    isAskedOnce: true,
    ask: async (signal) => {
      const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
      await using owned = own(child);
      let words = '';
      child.stderr.on('data', (bytes: Buffer) => {
        if (words.length < longestBody) words += bytes.toString();
      });
      const end = () => void child.kill('SIGKILL');
      signal.addEventListener('abort', end, { once: true });
      const { code, signal: by } = await owned.exited;
      signal.removeEventListener('abort', end);
      return code === 0
        ? good('it answers')
        : bad(`it ended with ${code ?? by}: ${words.trim().slice(0, 300)}`);
    },
  };
}

function get(target: Target, signal: AbortSignal): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const asked = request({ ...target, path: '/api/session', agent: false, signal }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        if (body.length < longestBody) body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    });
    asked.on('error', reject);
    asked.end();
  });
}
