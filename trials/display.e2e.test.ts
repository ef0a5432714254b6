// The machine's own display, with the real daemon and the real browser. In the compositor's place stands a
// script that lets the browser draw without a screen: screens are what the trials of whole machines have.

import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findBrowser } from '../src/camera/index.ts';
import { DoorClient, showDesktop, supervise } from '../src/display/index.ts';
import { sleep } from '../src/foundation/index.ts';
import { TestRayos } from './harness/rayos.ts';

const compositor = `#!/bin/sh
while [ "$1" != -- ]; do shift; done
shift
exec "$@" --headless --no-sandbox --disable-dev-shm-usage
`;

test('the desktop is signed in and shown; a page that crashes and a browser that is killed come back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-display-'));
  const door = join(folder, 'door');
  const program = join(folder, 'compositor');
  writeFileSync(program, compositor);
  chmodSync(program, 0o755);
  const runtimeDir = join(folder, 'run');
  mkdirSync(runtimeDir);
  const stop = new AbortController();
  const { signal } = stop;
  await using rayos = await TestRayos.start([], { RAYOS_DISPLAY_DOOR: door });
  const client = new DoorClient(door);
  const staying = client.stay(signal);
  const supervised = supervise({
    ready: () => Promise.resolve(),
    screens: () => ({ outputs: ['Test-1'], hasCard: true, hasGpu: false }),
    show: ({ isSoftware }, shown) =>
      showDesktop({
        showing: { compositor: program, browser: findBrowser(), isSoftware },
        runtimeDir,
        login: (until) => client.login(until),
        shown,
        isOnScreen: () => true,
        signal,
      }),
    tell: (state) => client.tell(state),
    isOnScreen: () => true,
    switchTo: () => Promise.resolve(),
    isSafeMode: false,
    now: () => performance.now(),
    wait: (ms) => sleep(ms, signal).catch(() => {}),
    signal,
  });
  try {
    const shown = 'PRESENTATION:DESKTOP_SHOWN';
    const first = await rayos.marker(shown);
    assert.deepEqual(first.arguments, { output: 'Test-1' });
    const status = await rayos.run('system.status', {});
    assert.deepEqual(status.display, { state: 'shown', output: 'Test-1' });
    for (const { arguments: words } of processesIn(runtimeDir))
      assert.ok(!words.includes('token'), `no login on a command line: ${words}`);

    kill(
      processesIn(runtimeDir).filter(({ arguments: words }) => words.includes('--type=renderer')),
    );
    const lost = await rayos.marker('PRESENTATION:DISPLAY_LOST');
    assert.deepEqual(lost.arguments, { reason: 'page-crashed' });
    const second = await rayos.marker(shown, { after: rayos.markers.indexOf(lost) });

    kill(processesIn(runtimeDir).filter(({ arguments: words }) => !words.includes('--type=')));
    const again = await rayos.marker('PRESENTATION:DISPLAY_LOST', {
      after: rayos.markers.indexOf(second),
    });
    await rayos.marker(shown, { after: rayos.markers.indexOf(again) });
  } finally {
    stop.abort(new Error('the test is over'));
    await Promise.all([supervised, staying]);
    assert.deepEqual(processesIn(runtimeDir), [], 'everything has ended');
    assert.deepEqual(readdirSync(runtimeDir), [], 'no profile is left');
    rmSync(folder, { recursive: true });
  }
});

type Found = { readonly pid: number; readonly arguments: string };

/** Processes of the browser whose profile is below this folder. */
function processesIn(runtimeDir: string): Found[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), arguments: argumentsOf(name) }))
    .filter(({ arguments: words }) => words.includes(`--user-data-dir=${runtimeDir}`));
}

function argumentsOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // it has ended
  }
}

function kill(processes: readonly Found[]): void {
  assert.ok(processes.length > 0, 'there is somebody to kill');
  for (const { pid } of processes) process.kill(pid, 'SIGKILL');
}
