// rayosd is killed after each single step of what it does to a guest's files and rows, and at random moments
// besides: the next start mends what is half done and tells, nothing that a person has is lost, and nothing
// is left behind.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomInt } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../src/foundation/testing-until.ts';
import { assertSound, commandLine, descriptorsOf, processesNaming } from './harness/leaks.ts';
import { randoms } from './harness/randoms.ts';
import { runs } from './harness/rayos.ts';
import { SteppedRayos } from './harness/stepped.ts';

const folder = mkdtempSync(join(tmpdir(), 'rayos-kills-'));
after(() => rmSync(folder, { recursive: true }));

const seed = Number(process.env.RAYOS_SEED ?? randomInt(2 ** 31));
const timeout = 300_000;

/** A disk whose content is known: 2 MiB of letters. */
const letters = join(folder, 'letters.raw');
execFileSync('sh', ['-c', 'yes "Dear Ada," | head -c 2097152 > "$0"', letters]);
const source = join(folder, 'letters.qcow2');
execFileSync('qemu-img', ['convert', '-O', 'qcow2', letters, source]);
const lettersHash = hashOf(letters);

function hashOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** What a guest would read from the first 2 MiB of its disk. */
function contentOf(disk: string): string {
  const out = join(folder, 'content.raw');
  execFileSync('qemu-img', ['convert', '-U', '-O', 'raw', disk, out]);
  execFileSync('truncate', ['-s', '2097152', out]);
  return hashOf(out);
}

type Deed = {
  readonly command: string;
  readonly args: object;
  /** Brings the guest to where the deed begins. */
  before?(): Promise<unknown>;
  /** What holds whether it was done or not. */
  check?(): Promise<void>;
};

/** Kills at each step in turn until the deed is done; what was told by the starts in between. */
async function killEverywhere(stepped: SteppedRayos, deed: Deed): Promise<string[]> {
  const { rayos } = stepped;
  const told: string[] = [];
  for (let n = 1; ; n++) {
    await deed.before?.();
    const answer = await stepped.run(deed.command, deed.args, { kill: n });
    const steps = stepped.steps();
    stepped.arm(undefined);
    if (answer !== 'dead') {
      assert.ok('result' in answer, JSON.stringify(answer));
      assert.ok(n > 1, 'it was killed at no step');
      console.log(`${deed.command}: killed at ${n - 1} steps`);
      return told;
    }
    try {
      await rayos.boot();
      await assertSound(rayos);
      await deed.check?.();
    } catch (thrown) {
      console.log(`killed at step ${n}:\n${steps.join('\n')}`);
      throw thrown;
    }
    for (const { name, arguments: args } of rayos.markers)
      if (name === 'GUEST:MENDED') told.push(String(args.what));
  }
}

test('each step of create, copy, snapshot, revert, resize and delete of a stopped guest', {
  timeout,
}, async () => {
  await using stepped = await SteppedRayos.start();
  const { rayos } = stepped;
  const guest = 'letters';
  const names = async () => (await rayos.run('guest.list', {})).guests.map(({ name }) => name);
  const remove = async (name: string) => {
    if ((await names()).includes(name)) await stepped.run('guest.delete', { guest: name }, {});
    stepped.arm(undefined);
  };
  const diskOf = async (name: string) => {
    const { disks } = await rayos.run('guest.show', { guest: name });
    return disks[0]?.file ?? '';
  };
  const isWhole = async (name: string) => {
    assert.equal(contentOf(await diskOf(name)), lettersHash, `what ${name} has on its disk`);
    // A guest that is there can be used.
    assert.equal((await rayos.run('guest.show', { guest: name })).state, 'stopped');
  };

  await killEverywhere(stepped, {
    command: 'guest.create',
    args: { name: 'plain', recipe: 'rescue-desktop' },
    before: () => remove('plain'),
  });
  const made = await killEverywhere(stepped, {
    command: 'guest.create',
    args: { name: guest, from: source, firmware: 'bios' },
    before: () => remove(guest),
    async check() {
      if ((await names()).includes(guest)) await isWhole(guest);
    },
  });
  assert.ok(made.some((what) => /its files were being made/.test(what)));
  await isWhole(guest);
  const baseline = descriptorsOf(rayos.pid);

  const copied = await killEverywhere(stepped, {
    command: 'guest.clone',
    args: { guest, name: 'copy' },
    before: () => remove('copy'),
    async check() {
      await isWhole(guest);
      if ((await names()).includes('copy')) await isWhole('copy');
    },
  });
  assert.ok(copied.some((what) => /being copied/.test(what)));

  const snapshots = async () =>
    (await rayos.run('snapshot.list', { guest })).snapshots.map(({ name }) => name);
  const unsnap = async () => {
    if ((await snapshots()).includes('one'))
      await stepped.run('snapshot.delete', { guest, name: 'one' }, {});
    stepped.arm(undefined);
  };
  const snap = async () => {
    if (!(await snapshots()).includes('one'))
      await rayos.run('snapshot.take', { guest, name: 'one' });
  };
  const check = () => isWhole(guest);
  const taken = await killEverywhere(stepped, {
    command: 'snapshot.take',
    args: { guest, name: 'one' },
    before: unsnap,
    check,
  });
  assert.ok(taken.some((what) => /taking the snapshot one/.test(what)));
  const reverted = await killEverywhere(stepped, {
    command: 'snapshot.revert',
    args: { guest, name: 'one' },
    before: snap,
    async check() {
      await isWhole(guest);
      assert.deepEqual(await snapshots(), ['one'], 'the snapshot is still there');
    },
  });
  assert.ok(reverted.some((what) => /reverting the snapshot one/.test(what)));
  const deleted = await killEverywhere(stepped, {
    command: 'snapshot.delete',
    args: { guest, name: 'one' },
    before: snap,
    check,
  });
  assert.ok(deleted.some((what) => /deleting the snapshot one/.test(what)));
  let sizeGiB = 1;
  await killEverywhere(stepped, {
    command: 'disk.resize',
    get args() {
      return { guest, sizeGiB };
    },
    async before() {
      sizeGiB++;
    },
    check,
  });
  const gone = await killEverywhere(stepped, {
    command: 'guest.delete',
    args: { guest: 'copy' },
    async before() {
      if (!(await names()).includes('copy'))
        await rayos.run('guest.clone', { guest, name: 'copy' });
    },
    async check() {
      await isWhole(guest);
      if ((await names()).includes('copy')) await isWhole('copy');
    },
  });
  assert.ok(gone.some((what) => /being deleted/.test(what)));
  const left = descriptorsOf(rayos.pid);
  assert.ok(left <= baseline + 2, `descriptors of rayosd: ${baseline} → ${left}`);
});

test('each step of snapshots of a guest that runs: it runs on', { timeout }, async () => {
  await using stepped = await SteppedRayos.start();
  const { rayos } = stepped;
  const guest = 'letters';
  await rayos.run('guest.create', { name: guest, from: source, firmware: 'bios', memoryMiB: 128 });
  await rayos.run('guest.start', { guest });
  const { pid = 0, disks } = await rayos.run('guest.show', { guest });
  const disk = disks[0]?.file ?? '';
  let baseline: number | undefined;
  const snapshots = async () =>
    (await rayos.run('snapshot.list', { guest })).snapshots.map(({ name }) => name);
  const check = async () => {
    assert.ok(runs(pid), 'the guest runs on');
    assert.equal((await rayos.run('guest.show', { guest })).state, 'running');
    assert.equal(contentOf(disk), lettersHash);
    // The first count is of a machine whose devices are all up. QEMU closes and takes connections when it gets
    // to it; what is left of a kill would be left of each.
    baseline ??= descriptorsOf(pid);
    const most = baseline + 2;
    const said = () => `${most - 2} at first, ${descriptorsOf(pid)} now`;
    await until(() => descriptorsOf(pid) <= most, 'descriptors of QEMU to be closed', { said });
  };
  const taken = await killEverywhere(stepped, {
    command: 'snapshot.take',
    args: { guest, name: 'one' },
    async before() {
      if ((await snapshots()).includes('one'))
        await stepped.run('snapshot.delete', { guest, name: 'one' }, {});
      stepped.arm(undefined);
    },
    check,
  });
  assert.ok(taken.some((what) => /taking the snapshot one/.test(what)));
  await killEverywhere(stepped, {
    command: 'snapshot.delete',
    args: { guest, name: 'one' },
    async before() {
      if (!(await snapshots()).includes('one'))
        await rayos.run('snapshot.take', { guest, name: 'one' });
    },
    check,
  });
  await stepped.run('guest.kill', { guest }, {});
  stepped.arm(undefined);
  await assertSound(rayos);
});

test('each step of suspending a guest, and of waking it: it runs, or rests on disk', {
  timeout,
}, async () => {
  await using stepped = await SteppedRayos.start();
  const { rayos } = stepped;
  const guest = 'letters';
  await rayos.run('guest.create', { name: guest, from: source, firmware: 'bios', memoryMiB: 128 });
  const { id } = await rayos.run('guest.show', { guest });
  const stateNow = async () => (await rayos.run('guest.show', { guest })).state;
  const start = async () => {
    if ((await stateNow()) !== 'running') await rayos.run('guest.start', { guest });
  };
  const check = async () => {
    const state = await stateNow();
    assert.ok(state === 'running' || state === 'suspended', state);
    assert.ok(!rayos.markers.some(({ name }) => name === 'GUEST:COLD_BOOTED'));
    const qemus = processesNaming(`-uuid ${id}`);
    assert.equal(qemus.length, state === 'running' ? 1 : 0, 'one QEMU of it, or none');
  };
  await start();
  await killEverywhere(stepped, {
    command: 'guest.suspend',
    args: { guest },
    before: start,
    check,
  });
  await killEverywhere(stepped, {
    command: 'guest.start',
    args: { guest },
    async before() {
      if ((await stateNow()) === 'running') await rayos.run('guest.suspend', { guest });
    },
    check,
  });
  assert.equal(await stateNow(), 'running');
  await stepped.run('guest.kill', { guest }, {});
  stepped.arm(undefined);
  await assertSound(rayos);
});

test(`kills at random moments of all of these (seed ${seed})`, { timeout }, async () => {
  console.log(`seed ${seed}`);
  await using stepped = await SteppedRayos.start();
  const { rayos } = stepped;
  const random = randoms(seed);
  const guest = 'letters';
  await rayos.run('guest.create', { name: guest, from: source, firmware: 'bios' });
  const deeds: readonly (readonly [string, object])[] = [
    ['guest.clone', { guest, name: 'copy' }],
    ['guest.create', { name: 'other', from: source, firmware: 'bios' }],
    ['snapshot.take', { guest, name: 'one' }],
    ['snapshot.revert', { guest, name: 'one' }],
    ['snapshot.delete', { guest, name: 'one' }],
    ['guest.delete', { guest: 'copy' }],
    ['guest.delete', { guest: 'other' }],
  ];
  for (let kill = 0; kill < 14; kill++) {
    const [command, args] = deeds[Math.floor(random() * deeds.length)] ?? ['guest.list', {}];
    // What cannot be done now (no such copy) is refused in words, and the kill comes all the same.
    void stepped.run(command, args, {}).catch(() => undefined);
    await sleep(random() * 150);
    await rayos.kill();
    stepped.arm(undefined);
    await rayos.boot();
    const names = [...(await assertSound(rayos)).keys()];
    for (const name of names) {
      const { disks } = await rayos.run('guest.show', { guest: name });
      assert.equal(contentOf(disks[0]?.file ?? ''), lettersHash, `${name} after kill ${kill + 1}`);
    }
    assert.ok(names.includes(guest));
  }
  const left = processesNaming(rayos.stateDir).filter((pid) => pid !== rayos.pid);
  assert.deepEqual(left.map(commandLine), [], 'processes');
  assert.ok(readdirSync(join(rayos.stateDir, 'guests')).length <= 3);
});
