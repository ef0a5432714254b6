import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { commandFor } from './code-view.ts';

test('a process that gives up root finds its code in a folder that is root’s alone', (t) => {
  if (process.getuid?.() !== 0) return t.skip('only root can give up root');
  const closed = mkdtempSync(join(tmpdir(), 'rayos-closed-'));
  try {
    const root = join(closed, 'rayos');
    mkdirSync(root, { mode: 0o755 });
    const program = join(root, 'main.mjs');
    writeFileSync(
      program,
      `process.setgroups([]); process.setgid(65534); process.setuid(65534);
       console.log((await import('./later.mjs')).word, process.argv[2]);`,
    );
    writeFileSync(join(root, 'later.mjs'), "export const word = 'found';");
    const { file, args } = commandFor(program, ['--no-warnings'], ['$(id) *'], root);
    assert.equal(execFileSync(file, args, { encoding: 'utf8', env: {} }), 'found $(id) *\n');
  } finally {
    rmSync(closed, { recursive: true });
  }
});

test('where everybody may look, and for programs from elsewhere, nothing is bound', () => {
  for (const [program, root] of [
    ['/usr/bin/program.mjs', '/usr/bin'],
    ['/elsewhere/program.mjs', '/usr/bin'],
  ] as const)
    assert.deepEqual(commandFor(program, ['-f'], ['x'], root), {
      file: process.execPath,
      args: ['-f', program, 'x'],
    });
});
