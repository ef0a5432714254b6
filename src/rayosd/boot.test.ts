// rayosd's part of a boot, with a real logd beside it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { bad, type Check, good } from '../boot/checks/index.ts';
import { own } from '../foundation/index.ts';
import { until } from '../foundation/testing-until.ts';
import { Recorder } from '../log/index.ts';
import { hostedBoot, installedBoot } from './boot.ts';

const timeout = 60_000;
const main = join(import.meta.dirname, '../logd/main.ts');

class Machine implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'rayos-boot-'));
  readonly socket = join(this.path, 'run/logd.sock');

  constructor() {
    for (const folder of ['log', 'run', 'esp/EFI/Linux'])
      mkdirSync(join(this.path, folder), { recursive: true });
    writeFileSync(join(this.path, 'console'), '');
  }

  startLogd() {
    const places = ['log', 'run', 'esp', 'console'].flatMap((name) => [
      `--${name}`,
      join(this.path, name),
    ]);
    const node = ['--disable-warning=ExperimentalWarning', main, ...places];
    return own(spawn(process.execPath, node, { stdio: ['ignore', 'inherit', 'inherit'] }));
  }

  /** Events of the markers on the console. */
  get console(): string[] {
    return [...readFileSync(join(this.path, 'console'), 'utf8').matchAll(/^RAYOS_\w+:(\w+)/gm)].map(
      ([, event = '']) => event,
    );
  }

  recorder(): Recorder {
    return new Recorder({ file: join(this.path, 'rayos.jsonl'), bootId: 'of-the-kernel' });
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}

const check = (name: string, ask: Check['ask']): Check => ({ name, asks: 'it is so', ask });

test('stages are recorded before they are said; golden after the hold; status, history and checks', {
  timeout,
}, async ({ signal }) => {
  using machine = new Machine();
  await using _logd = machine.startLogd();
  using recorder = machine.recorder();
  await using boot = installedBoot({ socket: machine.socket, holdMs: 100, recorder });
  await boot.reached('SUBSYSTEMS');
  recorder.mark('GATEWAY:LISTENING', { port: 7600 });
  await boot.reached('SHELL');
  let isWell = false;
  boot.watch([check('a', () => (isWell ? good('well') : bad('not yet')))]);
  await until(() => machine.console.includes('CHECK'), 'a bad check on the console');
  const { golden } = await boot.checks(false, signal);
  assert.equal(golden, false);
  isWell = true;
  await until(() => machine.console.includes('GOLDEN'), 'GOLDEN');
  assert.deepEqual(
    machine.console.filter((event) => event !== 'CHECK'),
    ['KERNEL', 'DECISION', 'SUBSYSTEMS', 'LISTENING', 'SHELL', 'GOLDEN'],
  );
  const status = await boot.status(signal);
  assert.equal(status.stage, 'GOLDEN');
  assert.ok(status.degraded.includes('log'), 'the log is on no partition of its own here');
  const { boots } = await boot.history(5, signal);
  assert.equal(boots.length, 1);
  assert.equal(boots[0]?.end, 'golden');
  assert.deepEqual(
    boots[0]?.stages.map(({ stage }) => stage),
    [...['KERNEL', 'SUBSYSTEMS', 'SHELL', 'GOLDEN']],
  );
  const { checks } = await boot.checks(true, signal);
  assert.deepEqual(
    checks.map(({ name }) => name),
    ['a', 'log', 'entry'],
  );
});

test('without logd: told, not waited for without end, and never golden', { timeout }, async ({
  signal,
}) => {
  using machine = new Machine();
  using recorder = machine.recorder();
  await using boot = installedBoot({
    ...{ socket: machine.socket, holdMs: 1 },
    recorder,
    stageWaitMs: 20,
  });
  await boot.reached('SUBSYSTEMS');
  await boot.reached('SHELL');
  assert.match(readFileSync(join(machine.path, 'rayos.jsonl'), 'utf8'), /SHELL is not recorded/);
  assert.deepEqual(
    recorder.markersSince().map(({ name }) => name),
    ['BOOT_MARKER:SUBSYSTEMS', 'BOOT_MARKER:SHELL'],
  );
  await assert.rejects(boot.status(AbortSignal.any([signal, AbortSignal.timeout(50)])));
  // It comes after all: what was reached meanwhile is recorded.
  await using _logd = machine.startLogd();
  await until(() => machine.console.includes('SHELL'), 'SHELL');
  assert.deepEqual(machine.console, ['KERNEL', 'DECISION', 'SUBSYSTEMS', 'SHELL']);
});

test('a hosted RayOS has stages as markers, and says that it does not boot the machine', () => {
  using machine = new Machine();
  using recorder = machine.recorder();
  const boot = hostedBoot(recorder);
  boot.reached('SHELL');
  assert.equal(recorder.markersSince()[0]?.line, 'RAYOS_BOOT_MARKER:SHELL:of-the-kernel');
  const { signal } = new AbortController();
  for (const asked of [() => boot.status(signal), () => boot.checks(false, signal)])
    assert.throws(asked, { code: 'NOT_ON_THIS_HOST' });
});
