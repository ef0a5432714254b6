// A disk that fills: first at each single step of what RayOS keeps of a guest, by calls that fail as on a full
// disk; then for real, on a small file system, under a guest that runs. It is told in words, nothing is lost,
// and all goes on when there is room again.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { assertSound } from './harness/leaks.ts';
import { runs, TestRayos } from './harness/rayos.ts';
import { SteppedRayos } from './harness/stepped.ts';

const folder = mkdtempSync(join(tmpdir(), 'rayos-full-'));
after(() => rmSync(folder, { recursive: true }));
const timeout = 240_000;

const letters = join(folder, 'letters.raw');
execFileSync('sh', ['-c', 'yes "Dear Ada," | head -c 2097152 > "$0"', letters]);
const source = join(folder, 'letters.qcow2');
execFileSync('qemu-img', ['convert', '-O', 'qcow2', letters, source]);

function contentOf(disk: string): string {
  const out = join(folder, 'content.raw');
  execFileSync('qemu-img', ['convert', '-U', '-O', 'raw', disk, out]);
  execFileSync('truncate', ['-s', '2097152', out]);
  return createHash('sha256').update(readFileSync(out)).digest('hex');
}
const lettersHash = contentOf(source);

test('no room at each step of create, copy, snapshot, revert and delete', { timeout }, async () => {
  await using stepped = await SteppedRayos.start();
  const { rayos } = stepped;
  const { pid } = rayos;
  const guest = 'letters';
  const create = { name: guest, from: source, firmware: 'bios' };
  const isWhole = async (name: string) => {
    const { disks, state } = await rayos.run('guest.show', { guest: name });
    assert.equal(contentOf(disks[0]?.file ?? ''), lettersHash);
    assert.equal(state, 'stopped');
  };
  /** Lets the deed fail from each step on; then it is done, with room, as if nothing had been. */
  const starve = async (command: string, args: object, undo: () => Promise<unknown>) => {
    for (let n = 1; ; n++) {
      const answer = await stepped.run(command, args, { fail: n });
      const steps = stepped.steps();
      stepped.arm(undefined);
      assert.equal(rayos.pid, pid, 'rayosd lives');
      if (answer !== 'dead' && 'result' in answer) {
        assert.ok(n > 1, `${command} needs no room`);
        console.log(`${command}: no room at ${n - 1} steps`);
        return;
      }
      assert.ok(answer !== 'dead' && 'error' in answer, 'rayosd died');
      const { code, message } = answer.error;
      assert.equal(code, 'STATE_UNWRITABLE', `${message}; at step ${n}:\n${steps.join('\n')}`);
      const again = await stepped.run(command, args, {});
      stepped.arm(undefined);
      // Deleted, and only the last word of it could not be written: it is gone then.
      const isGone = again !== 'dead' && 'error' in again && /UNKNOWN/.test(again.error.code);
      assert.ok(isGone || (again !== 'dead' && 'result' in again), JSON.stringify(again));
      await assertSound(rayos);
      await undo();
    }
  };
  const consented = async (command: string, args: object) => {
    const done = await stepped.run(command, args, {});
    stepped.arm(undefined);
    assert.ok(done !== 'dead' && 'result' in done, JSON.stringify(done));
  };
  await starve('guest.create', create, async () => {
    await isWhole(guest);
    await consented('guest.delete', { guest });
  });
  await starve('guest.clone', { guest, name: 'copy' }, async () => {
    await isWhole('copy');
    await consented('guest.delete', { guest: 'copy' });
  });
  const one = { guest, name: 'one' };
  await starve('snapshot.take', one, () => consented('snapshot.delete', one));
  await starve('snapshot.revert', one, () => isWhole(guest));
  await starve('snapshot.delete', one, () => rayos.run('snapshot.take', one));
  await starve('guest.delete', { guest: 'copy' }, () =>
    rayos.run('guest.clone', { guest, name: 'copy' }),
  );
  await isWhole(guest);
  assert.deepEqual([...(await assertSound(rayos)).keys()], [guest]);
});

/** A file system of its own, so small that it can be filled; undefined where nothing can be mounted. */
function smallDisk(mebibytes: number): ({ readonly path: string } & Disposable) | undefined {
  const path = join(folder, 'small');
  mkdirSync(path);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=755`, 'rayos', path], {
      stdio: 'ignore',
    });
  } catch {
    return undefined;
  }
  return { path, [Symbol.dispose]: () => execFileSync('umount', ['-l', path]) };
}

test('a disk that is full for real, under a guest that runs', { timeout }, async (t) => {
  chmodSync(folder, 0o755);
  using disk = smallDisk(400);
  if (disk === undefined) return t.skip('no file system can be mounted here: it needs root');
  const ballast = join(disk.path, 'ballast');
  /** Takes all room but a few KiB, which a file system needs for names. */
  const fill = () => {
    const { bavail, bsize } = statfsSync(disk.path);
    try {
      for (let n = bavail; n > 0; n -= 16) appendFileSync(ballast, Buffer.alloc(16 * bsize));
    } catch {
      // Full.
    }
    try {
      for (;;) appendFileSync(ballast, Buffer.alloc(1024));
    } catch {
      // To the last byte.
    }
  };
  const free = () => rmSync(ballast, { force: true });
  const before = process.env.TMPDIR;
  process.env.TMPDIR = disk.path;
  try {
    await using rayos = await TestRayos.start();
    process.env.TMPDIR = before ?? '';
    if (before === undefined) delete process.env.TMPDIR;
    const guest = 'rescue-desktop';
    await rayos.run('guest.create', { name: guest });
    await rayos.run('guest.present', { guest });
    const say = async (text: string) => {
      await rayos.run('input.type', { text, guest });
      await rayos.run('input.press', { keys: 'enter', guest });
    };
    await say('MARK=still-here; echo it-is-set > /dev/ttyS0');
    await rayos.serialSays(guest, 'it-is-set');
    const { pid = 0 } = await rayos.run('guest.show', { guest });
    const daemon = rayos.pid;
    const told = async (command: string, args: object) => {
      const answer = await rayos.ask(command, args);
      assert.ok('error' in answer, `${command} was done on a full disk`);
      assert.equal(answer.error.code, 'STATE_UNWRITABLE', `${command}: ${answer.error.message}`);
      assert.match(answer.error.next, /Free space/);
    };

    fill();
    await told('guest.suspend', { guest });
    await told('snapshot.take', { guest, name: 'one' });
    await told('guest.create', { name: 'other', from: source, firmware: 'bios' });
    await told('guest.create', { name: 'third', recipe: 'rescue-desktop' });
    // What the guest says meanwhile is lost from its log, and only that.
    await say('echo said-without-room > /dev/ttyS0');
    assert.equal((await rayos.run('guest.show', { guest })).state, 'running');
    assert.ok(runs(pid) && rayos.pid === daemon);

    free();
    await say('echo $MARK-with-room > /dev/ttyS0');
    await rayos.serialSays(guest, 'still-here-with-room');
    await rayos.run('snapshot.take', { guest, name: 'one' });
    assert.deepEqual((await rayos.run('snapshot.list', { guest })).snapshots.length, 1);
    const planned = await rayos.ask('snapshot.delete', { guest, name: 'one' });
    assert.ok('consent' in planned);
    await rayos.run('snapshot.delete', { guest, name: 'one' }, planned.consent);
    await rayos.run('guest.suspend', { guest });

    // A saved guest is not given up for want of room.
    fill();
    const woken = await rayos.ask('guest.start', { guest });
    if ('error' in woken) assert.equal(woken.error.code, 'STATE_UNWRITABLE', woken.error.message);
    free();
    await rayos.run('guest.present', { guest });
    await say('echo $MARK-woken > /dev/ttyS0');
    await rayos.serialSays(guest, 'still-here-woken');
    assert.ok(!rayos.markers.some(({ name }) => name === 'GUEST:COLD_BOOTED'));
    assert.equal(rayos.pid, daemon, 'rayosd lived through it');
    const names = [...(await assertSound(rayos)).keys()];
    assert.deepEqual(names, [guest]);

    // Nor is anything lost when rayosd is killed on a full disk.
    fill();
    await rayos.kill();
    free();
    await rayos.boot();
    await rayos.run('guest.present', { guest });
    await say('echo $MARK-killed > /dev/ttyS0');
    await rayos.serialSays(guest, 'still-here-killed');
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
});
