// Guests, and what RayOS keeps of them, at their worst: a QEMU that hangs in the middle of a command, disks,
// states and rows that were damaged, a guest that floods its serial port and its screen. Each is told in
// words, and everything else works on.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { until } from '../src/foundation/testing-until.ts';
import { assertSound, descriptorsOf } from './harness/leaks.ts';
import { runs, TestRayos } from './harness/rayos.ts';

const folder = mkdtempSync(join(tmpdir(), 'rayos-faults-'));
after(() => rmSync(folder, { recursive: true }));
const timeout = 200_000;
const desktop = 'rescue-desktop';

const source = join(folder, 'letters.qcow2');
const letters = join(folder, 'letters.raw');
writeFileSync(letters, 'Dear Ada,\n'.repeat(200_000));
execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', letters, source]);

async function consented(rayos: TestRayos, command: string, args: object): Promise<void> {
  const asked = await rayos.ask(command, args);
  assert.ok('consent' in asked, JSON.stringify(asked));
  const done = await rayos.ask(command, args, asked.consent);
  assert.ok('result' in done, JSON.stringify(done));
}

async function say(rayos: TestRayos, text: string): Promise<void> {
  await rayos.run('input.type', { text, guest: desktop });
  await rayos.run('input.press', { keys: 'enter', guest: desktop });
}

async function remembers(rayos: TestRayos, word: string): Promise<void> {
  await say(rayos, `echo $MARK-${word} > /dev/ttyS0`);
  await rayos.serialSays(desktop, `still-here-${word}`);
}

async function inUse(rayos: TestRayos): Promise<void> {
  await rayos.run('guest.create', { name: desktop });
  await rayos.run('guest.present', { guest: desktop });
  await say(rayos, 'MARK=still-here; echo it-is-set > /dev/ttyS0');
  await rayos.serialSays(desktop, 'it-is-set');
}

const stateOf = async (rayos: TestRayos, guest: string) =>
  (await rayos.run('guest.list', {})).guests.find(({ name }) => name === guest);

test('a QEMU that hangs under suspend and snapshot is told; when it goes on, so does the guest', {
  timeout,
}, async () => {
  await using rayos = await TestRayos.start();
  await inUse(rayos);
  const { pid = 0 } = await rayos.run('guest.show', { guest: desktop });
  for (const [command, args] of [
    ['guest.suspend', { guest: desktop }],
    ['snapshot.take', { guest: desktop, name: 'one' }],
  ] as const) {
    process.kill(pid, 'SIGSTOP');
    const asked = rayos.ask(command, args);
    // Nothing else waits for it.
    await rayos.run('guest.create', { name: `beside-${command.split('.')[1]}`, recipe: desktop });
    const answer = await asked;
    assert.ok('error' in answer);
    assert.equal(answer.error.code, 'TIMED_OUT', answer.error.message);
    assert.match(answer.error.message, /QEMU did not answer/);
    const before = rayos.markers.length;
    // While it was asked to save, silence said nothing; now it is told.
    if (command === 'snapshot.take') await rayos.marker('GUEST:HUNG');
    process.kill(pid, 'SIGCONT');
    await rayos.marker('GUEST:RESUMED', { after: before });
    await remembers(rayos, command.replace('.', '-'));
    const after = await stateOf(rayos, desktop);
    assert.equal(after?.state, 'running', `after ${command}: ${after?.reason}`);
    assert.ok(!rayos.markers.slice(before).some(({ name }) => name === 'GUEST:FAILED'));
  }
  assert.deepEqual((await rayos.run('snapshot.list', { guest: desktop })).snapshots, []);
  // What the first try left is removed by the second one.
  await rayos.run('snapshot.take', { guest: desktop, name: 'one' });
  await assertSound(rayos);
  await remembers(rayos, 'at-last');
});

test('a damaged disk is told, and the guests beside it work', { timeout }, async () => {
  await using rayos = await TestRayos.start();
  const make = async (name: string) => {
    await rayos.run('guest.create', { name, from: source, firmware: 'bios', memoryMiB: 128 });
    const { disks } = await rayos.run('guest.show', { guest: name });
    return disks[0]?.file ?? '';
  };
  const overwrite = (file: string, at: number, bytes: Buffer) => {
    const fd = openSync(file, 'r+');
    writeSync(fd, bytes, 0, bytes.length, at);
    closeSync(fd);
  };
  const whole = await make('whole');
  const damages: Record<string, (file: string) => void> = {
    header: (file) => overwrite(file, 0, Buffer.alloc(104, 0xff)),
    backing: (file) => {
      // As a captured QEMU would write it: a base that is a file of this machine.
      overwrite(file, 8, Buffer.from('0000000000000200', 'hex'));
      overwrite(file, 16, Buffer.from('0000000b', 'hex'));
      overwrite(file, 512, Buffer.from('/etc/passwd'));
    },
    tables: (file) => overwrite(file, 65_536, Buffer.alloc(262_144, 0xee)),
    cut: (file) => truncateSync(file, 70_000),
    empty: (file) => truncateSync(file, 0),
  };
  for (const [name, damage] of Object.entries(damages)) {
    damage(await make(name));
    // What needs the disk says so; what does not, works.
    const one = { guest: name, name: 'one' };
    const taken = await rayos.ask('snapshot.take', one);
    if (name === 'backing') assert.ok('error' in taken && taken.error.code === 'FILE_CORRUPT');
    for (const [command, args] of [
      ['snapshot.take', one],
      ['guest.clone', { guest: name, name: `${name}-copy` }],
      ['disk.resize', { guest: name, sizeGiB: 3 }],
      ['guest.start', { guest: name }],
    ] as const) {
      const answer = await rayos.ask(command, args);
      if ('result' in answer) continue; // qcow2 has no sums: not every damage is seen by everybody
      const { code, message, next } = answer.error;
      assert.ok(!['INTERNAL', 'TIMED_OUT'].includes(code), `${name}, ${command}: ${message}`);
      assert.ok(message.length > 10 && next.length > 10 && !/…/.test(next), `${message} ${next}`);
    }
    const shown = await rayos.run('guest.show', { guest: name });
    // The name of a base is never followed, so that such a disk may still be run without it.
    if (['header', 'empty'].includes(name)) {
      assert.equal(shown.state, 'failed');
      assert.ok((shown.reason ?? '').length > 20);
    }
    if (shown.pid !== undefined) await consented(rayos, 'guest.kill', { guest: name });
    await consented(rayos, 'guest.delete', { guest: name });
  }
  const names = (await rayos.run('guest.list', {})).guests.map(({ name }) => name);
  for (const name of names.filter((one) => one.endsWith('-copy')))
    await consented(rayos, 'guest.delete', { guest: name });
  await rayos.run('guest.start', { guest: 'whole' });
  assert.equal((await stateOf(rayos, 'whole'))?.state, 'running');
  await rayos.run('snapshot.take', { guest: 'whole', name: 'one' });
  assert.ok(statSync(whole).size > 0);
  await consented(rayos, 'guest.kill', { guest: 'whole' });
  await assertSound(rayos);
});

test('damaged rows and a damaged saved state: told at the next start, and the rest works', {
  timeout,
}, async () => {
  await using rayos = await TestRayos.start();
  await inUse(rayos);
  await rayos.run('guest.suspend', { guest: desktop });
  const { id } = await rayos.run('guest.show', { guest: desktop });
  for (const name of ['spec', 'saved', 'state'])
    await rayos.run('guest.create', { name, from: source, firmware: 'bios', memoryMiB: 128 });
  assert.equal(await rayos.stop(), 0);
  const memory = join(rayos.stateDir, 'guests', id, 'memory.state');
  const size = statSync(memory).size;
  const fd = openSync(memory, 'r+');
  writeSync(fd, Buffer.alloc(1 << 20, 0x5a), 0, 1 << 20, 0);
  closeSync(fd);
  assert.equal(statSync(memory).size, size, 'its size is right');
  const database = new DatabaseSync(join(rayos.stateDir, 'rayos.db'));
  database.exec("UPDATE guest SET spec = '{broken' WHERE name = 'spec'");
  database.exec(`UPDATE guest SET saved = '{"at": 1}' WHERE name = 'saved'`);
  database.exec("UPDATE guest SET state = 'flying' WHERE name = 'state'");
  database.close();

  await rayos.boot();
  for (const guest of ['spec', 'saved', 'state']) {
    const found = await stateOf(rayos, guest);
    assert.equal(found?.state, 'failed');
    assert.match(found?.reason ?? '', /damaged: its .* cannot be read/);
    for (const [command, args] of [
      ['guest.start', { guest }],
      ['guest.set', { guest, memoryMiB: 256 }],
      ['snapshot.take', { guest, name: 'x' }],
      ['guest.clone', { guest, name: 'y' }],
    ] as const) {
      const answer = await rayos.ask(command, args);
      assert.ok('error' in answer, `${command} ${guest}`);
      assert.equal(answer.error.code, 'GUEST_CANNOT');
      assert.match(answer.error.next, /Its files are as they were/);
    }
    await rayos.run('guest.show', { guest });
    await consented(rayos, 'guest.delete', { guest });
  }
  assert.equal((await rayos.run('guest.start', { guest: desktop })).state, 'running');
  const { reason } = (await rayos.marker('GUEST:COLD_BOOTED')).arguments;
  assert.ok(String(reason).length > 10);
  await assertSound(rayos);
});

test('a guest that floods its serial port and its screen is held to its rate, and rayosd answers', {
  timeout,
}, async () => {
  await using rayos = await TestRayos.start();
  await inUse(rayos);
  const { pid = 0, serialLog } = await rayos.run('guest.show', { guest: desktop });
  const before = descriptorsOf(rayos.pid);
  // Both floods have an end that no key has to bring: what is typed into a flood may come late.
  await say(
    rayos,
    '(head -c 1500000 /dev/zero | tr "\\0" x > /dev/ttyS0) & ' +
      'while kill -0 $!; do seq 1 300; done; echo $MARK-after-the-flood > /dev/ttyS0',
  );
  // It answers again and again while the flood goes on, which is seen in the log.
  let [slowest, answers] = [0, 0];
  const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  await until(
    async () => {
      const since = performance.now();
      await rayos.run('system.status', {});
      slowest = Math.max(slowest, performance.now() - since);
      return ++answers >= 100 && sizeOf(serialLog) + sizeOf(`${serialLog}.1`) > 256 * 1024;
    },
    'a flood in the log',
    { everyMs: 10, limitMs: 120_000 },
  );
  console.log(`rayosd's slowest of ${answers} answers under the flood: ${Math.round(slowest)} ms`);
  const logged = [serialLog, `${serialLog}.1`].map(
    (file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0,
  );
  assert.ok(Math.max(...logged) <= 1 << 20, `its log has ${logged.join(' and ')} bytes`);
  const memory = Number(
    /VmRSS:\s+(\d+)/.exec(execFileSync('cat', [`/proc/${rayos.pid}/status`]).toString())?.[1],
  );
  console.log(`rayosd: ${Math.round(memory / 1024)} MiB`);
  assert.ok(memory < 400 * 1024);
  // The spare framer for the next guest may have come up meanwhile.
  assert.ok(descriptorsOf(rayos.pid) <= before + 8, 'descriptors of rayosd');
  await rayos.serialSays(desktop, 'still-here-after-the-flood', 120_000);
  await remembers(rayos, 'it-takes-keys-again');
  assert.ok(runs(pid));
});
