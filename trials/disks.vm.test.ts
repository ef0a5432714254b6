// What a guest keeps: its disk, its snapshots, its copies; and what kill -9 of rayosd leaves of them.

import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { TestRayos } from './harness/rayos.ts';

async function say(rayos: TestRayos, text: string, guest: string): Promise<void> {
  await rayos.run('input.type', { text, guest });
  await rayos.run('input.press', { keys: 'enter', guest });
}

/** Runs a command that asks first, as a person does who has read the plan. */
async function consented(
  rayos: TestRayos,
  name: 'snapshot.revert' | 'snapshot.delete' | 'guest.delete' | 'guest.kill',
  args: object,
): Promise<string[]> {
  const asked = await rayos.ask(name, args);
  assert.ok('error' in asked && asked.error.code === 'CONSENT_NEEDED', JSON.stringify(asked));
  const done = await rayos.ask(name, args, asked.consent);
  assert.ok('result' in done, JSON.stringify(done));
  return [...(asked.plan?.steps ?? [])];
}

/** The desktop opens a terminal by itself only the first time. Asked until one takes what is typed. */
async function openTerminal(rayos: TestRayos, guest: string): Promise<void> {
  await rayos.run('input.press', { keys: 'ctrl+alt+t', guest });
  await terminalIsUp(rayos, guest, '| sudo tee /dev/ttyS0');
}

let asked = 0;

/**
 * What is typed before a terminal has the keyboard is lost, or has lost its beginning: asked anew, on a line of
 * its own, until a shell answers.
 */
async function terminalIsUp(rayos: TestRayos, guest: string, whereTo: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await rayos.run('input.press', { keys: 'ctrl+c', guest });
    const word = `up-${++asked}`;
    await say(rayos, `echo terminal-is-$((1))-${word} ${whereTo}`, guest);
    try {
      return await rayos.serialSays(guest, `terminal-is-1-${word}`, 10_000);
    } catch (thrown) {
      if (attempt === 6) throw thrown;
    }
  }
}

async function folderOf(rayos: TestRayos, guest: string): Promise<string> {
  const { id } = await rayos.run('guest.show', { guest });
  return join(rayos.stateDir, 'guests', id);
}

test('a guest in memory alone is kept by a snapshot, and goes on from it', async () => {
  const guest = 'rescue-desktop';
  await using rayos = await TestRayos.start();
  await rayos.run('guest.create', { name: guest });
  const empty = await rayos.ask('snapshot.take', { guest, name: 'empty' });
  assert.ok('error' in empty && empty.error.code === 'GUEST_CANNOT');
  await rayos.run('guest.present', { guest });
  await terminalIsUp(rayos, guest, '> /dev/ttyS0');
  await say(rayos, 'MARK=before; echo set-1 > /dev/ttyS0', guest);
  await rayos.serialSays(guest, 'set-1');
  const taken = await rayos.run('snapshot.take', { guest, name: 'first', note: 'a try' });
  assert.partialDeepStrictEqual(taken, { name: 'first', withMemory: true, note: 'a try' });
  const again = await rayos.ask('snapshot.take', { guest, name: 'first' });
  assert.ok('error' in again && again.error.code === 'SNAPSHOT_EXISTS');

  await say(rayos, 'echo $MARK-goes-on > /dev/ttyS0; MARK=after', guest);
  await rayos.serialSays(guest, 'before-goes-on');
  await consented(rayos, 'snapshot.revert', { guest, name: 'first' });
  const { guests } = await rayos.run('guest.list', {});
  assert.partialDeepStrictEqual(guests[0], { state: 'running', presented: true });
  await say(rayos, 'echo $MARK-is-back > /dev/ttyS0', guest);
  await rayos.serialSays(guest, 'before-is-back');

  await consented(rayos, 'snapshot.delete', { guest, name: 'first' });
  assert.deepEqual(readdirSync(join(await folderOf(rayos, guest), 'snapshots')), []);
  assert.deepEqual((await rayos.run('snapshot.list', { guest })).snapshots, []);
});

test('the Linux desktop keeps what is written, through stop, snapshot, copy and kill -9', async () => {
  const guest = 'linux-desktop';
  await using rayos = await TestRayos.start();
  await rayos.run('guest.create', { name: guest });
  const shown = await rayos.run('guest.present', { guest });
  console.log(`cold to ready: ${shown.guest.readyAfterMs} ms`);
  const file = '/home/ray/letter';
  const write = async (word: string) => {
    await say(
      rayos,
      `echo ${word} > ${file}; sync; echo saved-$(cat ${file}) | sudo tee /dev/ttyS0`,
      guest,
    );
    await rayos.serialSays(guest, `saved-${word}`);
  };
  const reads = async (word: string, tag: string) => {
    await say(rayos, `echo ${tag}-$(cat ${file}) | sudo tee /dev/ttyS0`, guest);
    await rayos.serialSays(guest, `${tag}-${word}`);
  };
  await terminalIsUp(rayos, guest, '| sudo tee /dev/ttyS0');
  await write('one');
  assert.equal((await rayos.run('snapshot.take', { guest, name: 'one' })).withMemory, true);
  await write('two');
  const { disks, snapshots } = await rayos.run('guest.show', { guest });
  assert.equal(disks[0]?.name, 'system');
  assert.equal(snapshots.length, 1);

  await rayos.run('guest.stop', { guest });
  const larger = await rayos.run('disk.resize', { guest, sizeGiB: 20 });
  assert.equal(larger.sizeBytes, 20 * 2 ** 30);
  const smaller = await rayos.ask('disk.resize', { guest, sizeGiB: 2 });
  assert.ok('error' in smaller && smaller.error.code === 'GUEST_CANNOT');
  await rayos.run('guest.clone', { guest, name: 'copy' });
  await rayos.run('guest.present', { guest: 'copy' });
  await openTerminal(rayos, 'copy');
  await say(rayos, `echo copy-$(cat ${file}) | sudo tee /dev/ttyS0`, 'copy');
  await rayos.serialSays('copy', 'copy-two');
  await consented(rayos, 'guest.kill', { guest: 'copy' });
  const folder = await folderOf(rayos, 'copy');
  const steps = await consented(rayos, 'guest.delete', { guest: 'copy' });
  assert.match(steps[0] ?? '', /^erase its disk system/);
  assert.equal(existsSync(folder), false);

  await rayos.run('guest.present', { guest });
  await openTerminal(rayos, guest);
  await reads('two', 'stopped');
  await rayos.run('disk.resize', { guest, sizeGiB: 24 });
  const isGrown = `[ $(cat /sys/class/block/vda/size) = ${(24 * 2 ** 30) / 512} ]`;
  await say(
    rayos,
    `until ${isGrown}; do sleep 0.2; done; echo grown-$((40+2)) | sudo tee /dev/ttyS0`,
    guest,
  );
  await rayos.serialSays(guest, 'grown-42');
  await rayos.kill();
  await rayos.boot();
  await rayos.run('guest.present', { guest });
  await reads('two', 'killed');
  // A snapshot of a disk that had another size then: the disk is as it was, size and all.
  await consented(rayos, 'snapshot.revert', { guest, name: 'one' });
  await reads('one', 'reverted');
  await consented(rayos, 'snapshot.delete', { guest, name: 'one' });
  await consented(rayos, 'guest.kill', { guest });
});
