import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Status } from '../../contracts/index.ts';
import { makeStyle } from '../terminal/style.ts';
import { displayWords } from './display.ts';
import { status } from './system.ts';

const now: Status = {
  version: '1.0.0',
  address: 'http://127.0.0.1:7600/',
  pid: 1,
  node: '26',
  uptimeMs: 1000,
  bootId: 'b',
  stateDir: '/s',
  logFile: '/l',
  policy: { profile: 'default', safeMode: false, file: '/p' },
};

test('the status says of the display what the console says, and no codes', () => {
  for (const [display, words] of [
    [
      { state: 'shown', output: 'DP-2' },
      'on DP-2: Ctrl+Alt+F7 shows it, Ctrl+Alt+F1 the text console',
    ],
    [
      { state: 'lost', reason: 'page-crashed' },
      'was lost (its page crashed) and is being started again',
    ],
    [
      { state: 'console', reason: 'no-screen' },
      'not shown: no screen is connected; it comes when there is one',
    ],
    [
      { state: 'console', reason: 'browser-missing' },
      'given up: there is no browser in this system; Ctrl+Alt+F7 tries it again',
    ],
    [{ state: 'unknown' }, "is being started on this machine's display"],
  ] as const) {
    assert.equal(displayWords(display), words);
    const lines = status({ ...now, display }, { style: makeStyle(false), isTerminal: true });
    assert.ok(
      lines.some((line) => /^ +desktop +/.test(line) && line.endsWith(words)),
      words,
    );
  }
});
