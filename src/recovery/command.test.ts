import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runIn } from './command.ts';

function here() {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-recovery-'));
  return {
    folder,
    run: runIn(folder),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

const script = (text: string) => ['-e', text];

test('a program that says very much goes on to its end, and the end of it is known', () => {
  using place = here();
  const text = `
    const { writeSync } = require('node:fs');
    for (let i = 0; i < 64; i++) writeSync(1, 'x'.repeat(65536) + '\\n');
    writeSync(2, 'the last word');
  `;
  const { isWell, output, isCutOff } = place.run(process.execPath, script(text), {
    limitMs: 'none',
  });
  assert.equal(isWell, true);
  assert.equal(isCutOff, false);
  assert.match(output, /x\nthe last word$/);
  assert.ok(output.length <= 16 * 1024);
  assert.deepEqual(readdirSync(place.folder), []);
});

test('a program that failed is told from one whose time was over', () => {
  using place = here();
  const failed = place.run(process.execPath, script('process.exit(3)'));
  assert.deepEqual(failed, { isWell: false, output: '', isCutOff: false });
  const late = place.run(process.execPath, script('setInterval(() => {}, 1000)'), { limitMs: 1 });
  assert.equal(late.isWell, false);
  assert.equal(late.isCutOff, true);
});

test('a program that is not there is a failure in words', () => {
  using place = here();
  const { isWell, output, isCutOff } = place.run('rayos-is-no-program', []);
  assert.equal(isWell, false);
  assert.equal(isCutOff, false);
  assert.match(output, /ENOENT/);
});
