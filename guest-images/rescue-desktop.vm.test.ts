// The Linux desktop in a real QEMU under software emulation: that it becomes ready, is on the screen,
// speaks with its host, comes back when it dies, and stops cleanly in both ways.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { buildGuestImage, type GuestImage } from './index.ts';
import { type Machine, startMachine } from './testing/machine.ts';

const patience = 240_000;
let image: GuestImage;

before(async () => {
  image = await buildGuestImage('rescue-desktop');
});

/** A machine whose desktop is ready; the number is the guest's own uptime in seconds at that time. */
async function readyMachine(signal: AbortSignal): Promise<{ machine: Machine; uptime: number }> {
  const machine = await startMachine(image, signal);
  const line = await machine.agent.next(/^ready /, signal);
  return { machine, uptime: Number(/^ready (\d+\.\d+)$/.exec(line)?.[1]) };
}

test('it becomes ready, answers, and stops when it is told to', {
  timeout: patience,
}, async (t) => {
  const { machine, uptime } = await readyMachine(t.signal);
  await using _ = machine;
  assert.ok(uptime > 0);
  machine.agent.send('hello');
  assert.equal(await machine.agent.next(/./, t.signal), 'state ready');
  assert.equal(await machine.agent.next(/./, t.signal), 'can display');
  machine.agent.send('display 0 1024 768 100');
  assert.equal(await machine.agent.next(/./, t.signal), 'display 0 1024 768');
  await machine.screen((at) => at.width === 1024 && at.height === 768);
  for (const nonsense of ['display 0 99999 1 1', 'display 0 1 1', 'display 0 800 $(id) 100']) {
    machine.agent.send(nonsense);
    assert.equal(await machine.agent.next(/./, t.signal), 'unknown');
  }
  machine.agent.send('sing');
  assert.equal(await machine.agent.next(/./, t.signal), 'unknown');
  machine.agent.send('shutdown');
  assert.equal(await machine.agent.next(/./, t.signal), 'stopping');
  assert.deepEqual(await machine.exited, { code: 0, signal: null });
});

test('the power button stops it cleanly as well', { timeout: patience }, async (t) => {
  const { machine } = await readyMachine(t.signal);
  await using _ = machine;
  await machine.qmp('system_powerdown');
  assert.equal(await machine.agent.next(/./, t.signal), 'stopping');
  assert.deepEqual(await machine.exited, { code: 0, signal: null });
});

test('its picture is on the screen: wallpaper, terminal, bar', { timeout: patience }, async (t) => {
  const { machine } = await readyMachine(t.signal);
  await using _ = machine;
  const terminal = '13,18,34';
  const dotOfTheBar = '240,180,140';
  await machine.screen(
    (at) =>
      at(640, 500) === terminal &&
      at(17, 15) === dotOfTheBar &&
      at(60, 60) !== '0,0,0' &&
      at(60, 560) !== at(60, 60),
  );
});

test('it survives a host that goes away and comes back', { timeout: patience }, async (t) => {
  const { machine } = await readyMachine(t.signal);
  await using _ = machine;
  machine.agent[Symbol.dispose]();
  for (let times = 0; times < 3; times++) {
    using agent = await machine.reconnect();
    agent.send('hello');
    assert.equal(await agent.next(/./, t.signal), 'state ready');
    assert.equal(await agent.next(/./, t.signal), 'can display');
  }
});

test('a desktop that dies is started again, and says so', { timeout: patience }, async (t) => {
  const { machine } = await readyMachine(t.signal);
  await using _ = machine;
  for (const key of [...'killall', 'spc', ...'labwc', 'ret'])
    await machine.qmp('human-monitor-command', { 'command-line': `sendkey ${key} 20` });
  await machine.agent.next(/^ready /, t.signal);
  assert.match(machine.serial(), /rayos: the desktop has ended/);
});
