import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { LoopDelay } from './loop-delay.ts';

test('a loop that was blocked between the two signals is found blocked', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'rayos-loop-'));
  mkdirSync(join(dir, 'src/rayosd'), { recursive: true });
  const program = join(dir, 'src/rayosd/main.ts');
  // Says when it is up, blocks once measuring has begun, and says so.
  writeFileSync(
    program,
    `setInterval(() => {}, 1000);
     process.on('SIGUSR2', () => setTimeout(() => {
       const until = Date.now() + 300;
       while (Date.now() < until);
       setTimeout(() => console.log('blocked'), 50);
     }, 50));
     console.log('up');`,
  );
  const file = join(dir, 'found.json');
  const child = spawn(
    process.execPath,
    ['--import', join(import.meta.dirname, 'loop-delay.ts'), program],
    { env: { ...process.env, RAYOS_BENCH_LOOP: file }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  try {
    let said = '';
    const heard = async (word: string) => {
      while (!said.includes(word))
        await new Promise<void>((resolve) =>
          child.stdout.once('data', (chunk: Buffer) => {
            said += chunk.toString();
            resolve();
          }),
        );
    };
    await heard('up');
    child.kill('SIGUSR2');
    await heard('blocked');
    child.kill('SIGUSR2');
    while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 20));
    const found = JSON.parse(readFileSync(file, 'utf8')) as LoopDelay;
    assert.ok(found.maxMs >= 250, `max ${found.maxMs}`);
    assert.ok(found.samples > 1 && found.p50Ms <= found.maxMs);
  } finally {
    child.kill('SIGKILL');
    rmSync(dir, { recursive: true });
  }
});
