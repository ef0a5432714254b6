import assert from 'node:assert/strict';
import {
  existsSync,
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  decide,
  type EspCalls,
  entryName,
  espCalls,
  historyOf,
  readEntries,
  slotsByEntries,
} from '../boot/index.ts';
import { BootFolder, stage } from './testing/boot.ts';

function decided(dir: BootFolder) {
  const { entries } = readEntries(dir.entries);
  const records = dir.log().records();
  return decide({
    entries,
    records,
    slots: slotsByEntries('2', entries),
    snapshots: [],
    isPastDeadline: false,
  });
}

test('a boot to golden: each stage is recorded, then said; the entry has all its tries again', () => {
  using dir = new BootFolder('rayos_2+3.efi', 'rayos_1+3.efi', 'rayos-recovery_2.efi');
  const boot = dir.boot('2', dir.startEntry('rayos_2+3.efi'));
  assert.deepEqual(dir.files()[2], 'rayos_2+2-1.efi');
  boot.begin();
  for (const name of ['SUBSYSTEMS', 'SHELL', 'GOLDEN'] as const) boot.stage(stage(name));
  assert.deepEqual(dir.said(), ['KERNEL', 'DECISION', 'SUBSYSTEMS', 'SHELL', 'GOLDEN', 'BLESSED']);
  assert.deepEqual(dir.files(), ['rayos-recovery_2.efi', 'rayos_1+3.efi', 'rayos_2+3.efi']);
  assert.deepEqual(
    dir
      .log()
      .records()
      .map(({ event, entry }) => `${event} ${entry}`),
    [
      'KERNEL rayos_2+2-1.efi',
      'SUBSYSTEMS rayos_2+2-1.efi',
      'SHELL rayos_2+2-1.efi',
      'GOLDEN rayos_2+2-1.efi',
      'GOLDEN rayos_2+3.efi',
    ],
  );
  assert.ok(existsSync(join(dir.run, 'golden')));
  assert.equal(boot.facts(false).blessed, 'rayos_2+3.efi');
  assert.equal(boot.facts(false).entry, 'rayos_2+3.efi');
  dir.shutDown(boot);
  assert.deepEqual(dir.files(), ['rayos-recovery_2.efi', 'rayos_1+3.efi', 'rayos_2+3.efi']);
  assert.equal(decided(dir).versions[0]?.state, 'golden');
});

test('killed between any two steps of golden, the next logd carries it through', () => {
  class Killed extends Error {}
  for (let step = 0; step < 3; step++) {
    using dir = new BootFolder('rayos_2+3.efi', 'rayos_1+3.efi');
    const loader = dir.startEntry('rayos_2+3.efi');
    let left = step;
    const tick = () => {
      if (left-- === 0) throw new Killed();
    };
    const calls: EspCalls = {
      rename: (from, to) => {
        tick();
        renameSync(from, to);
      },
      syncPath: tick,
      remove: tick,
    };
    const first = dir.boot('2', loader, calls);
    first.begin();
    first.stage(stage('GOLDEN'));
    assert.ok(first.facts(false).notBlessed !== undefined, 'what kept it is told');
    dir.said();
    const second = dir.boot('2', loader);
    second.begin();
    assert.deepEqual(dir.said(), ['BLESSED'], `step ${step}: KERNEL is not said again`);
    assert.deepEqual(dir.files(), ['rayos_1+3.efi', 'rayos_2+3.efi']);
    assert.equal(decided(dir).next?.version, '2');
  }
});

test('the power is cut before the rename: the next boot mends it, of whatever version', () => {
  using dir = new BootFolder('rayos_2+3.efi', 'rayos_1+3.efi');
  const fail = () => {
    throw new Error('cut');
  };
  const boot = dir.boot('2', dir.startEntry('rayos_2+3.efi'), {
    ...espCalls,
    rename: fail,
    syncPath: fail,
  });
  boot.begin();
  boot.stage(stage('GOLDEN'));
  const next = dir.boot('1', dir.startEntry('rayos_1+3.efi'));
  next.begin();
  assert.deepEqual(dir.files(), ['rayos_1+2-1.efi', 'rayos_2+3.efi']);
});

/** A rename on VFAT that is cut off after so many of its three writes; the clusters are a hard link here. */
const cutRename = (writes: 1 | 2): EspCalls => ({
  ...espCalls,
  rename: (from, to) => {
    if (writes === 1) writeFileSync(to, '');
    else linkSync(from, to);
    throw new Error('cut');
  },
});

/** Starts what systemd-boot would. */
function startNext(dir: BootFolder) {
  const { next } = decided(dir);
  assert.ok(next);
  return dir.boot('2', dir.startEntry(entryName(next)));
}

for (const writes of [1, 2] as const)
  test(`the power is cut after write ${writes} of a bless rename: golden again, and counted`, () => {
    using dir = new BootFolder('rayos_2+3.efi', 'rayos_1+3.efi');
    const first = dir.boot('2', dir.startEntry('rayos_2+3.efi'), cutRename(writes));
    first.begin();
    first.stage(stage('GOLDEN'));
    assert.ok(first.facts(false).notBlessed !== undefined);
    const second = startNext(dir);
    second.begin();
    second.stage(stage('GOLDEN'));
    assert.equal(second.facts(false).blessed, 'rayos_2+3.efi');
    assert.equal(second.facts(false).entry, 'rayos_2+3.efi');
    const names = dir.files().filter((name) => name.endsWith('.efi'));
    assert.deepEqual(names, ['rayos_1+3.efi', 'rayos_2+3.efi'], 'one name of each version');
    const whole = join(dir.entries, 'rayos_2+3.efi');
    assert.equal(readFileSync(whole, 'utf8'), 'rayos_2+3.efi');
    assert.equal(statSync(whole).nlink, writes, 'no name of shared clusters was removed');
    const counted = [1, 2, 3].map(() => {
      startNext(dir).begin();
      return dir.files().find((name) => name.endsWith('.efi') && name.startsWith('rayos_2'));
    });
    assert.deepEqual(counted, ['rayos_2+2-1.efi', 'rayos_2+1-2.efi', 'rayos_2+0-3.efi']);
    assert.equal(decided(dir).next?.version, '1');
  });

for (const writes of [1, 2] as const)
  test(`the power is cut after write ${writes} of a rename that gives a try back`, () => {
    using dir = new BootFolder('rayos_2+2-1.efi', 'rayos_1+3.efi');
    const first = dir.boot('2', dir.startEntry('rayos_2+2-1.efi'), cutRename(writes));
    first.begin();
    dir.shutDown(first);
    const second = startNext(dir);
    second.begin();
    second.stage(stage('GOLDEN'));
    const names = dir.files().filter((name) => name.endsWith('.efi'));
    assert.deepEqual(names, ['rayos_1+3.efi', 'rayos_2+3.efi']);
    assert.equal(second.facts(false).blessed, 'rayos_2+3.efi');
  });

test('what a cut left of the other version is mended at the start, so that it is counted', () => {
  using dir = new BootFolder('rayos_2+0-3.efi', 'rayos_2+1-2.efi', 'rayos_1+3.efi');
  dir.boot('1', dir.startEntry('rayos_1+3.efi')).begin();
  assert.deepEqual(dir.files(), [
    ...['rayos_1+2-1.efi', 'rayos_2+0-3.efi.set-aside-1', 'rayos_2+1-2.efi'],
  ]);
});

test('a blessing that fails is tried again, and said once', () => {
  using dir = new BootFolder('rayos_2+3.efi');
  let isBroken = true;
  const calls: EspCalls = {
    rename: (from, to) => {
      if (isBroken) throw new Error('read-only file system');
      renameSync(from, to);
    },
    syncPath: () => {},
    remove: unlinkSync,
  };
  const boot = dir.boot('2', dir.startEntry('rayos_2+3.efi'), calls);
  boot.begin();
  boot.stage(stage('GOLDEN'));
  assert.match(boot.facts(false).notBlessed ?? '', /read-only/);
  isBroken = false;
  boot.blessAgain();
  boot.blessAgain();
  assert.equal(boot.needsBlessing, false);
  assert.deepEqual(dir.said(), ['KERNEL', 'DECISION', 'GOLDEN', 'BLESSED']);
});

test('a clean shutdown before golden gives its try back, any number of times', () => {
  using dir = new BootFolder('rayos_2+3.efi', 'rayos_1+3.efi');
  for (let i = 0; i < 4; i++) {
    const boot = dir.boot('2', dir.startEntry('rayos_2+3.efi'));
    boot.begin();
    boot.stage(stage('SHELL'));
    dir.shutDown(boot);
    assert.deepEqual(dir.said(), ['KERNEL', 'DECISION', 'SHELL', 'TRY_GIVEN_BACK']);
    assert.deepEqual(dir.files(), ['rayos_1+3.efi', 'rayos_2+3.efi']);
  }
  assert.deepEqual(
    historyOf(dir.log().records()).map(({ end }) => end),
    Array(4).fill('clean'),
  );
  assert.equal(decided(dir).versions[0]?.failures, 0);
});

test('an end by the deadline gives nothing back', () => {
  using dir = new BootFolder('rayos_2+3.efi', 'rayos_1+3.efi');
  const late = dir.boot('2', dir.startEntry('rayos_2+3.efi'));
  late.begin();
  late.stage(stage('SHELL'));
  late.noteCheck('guest', 'bad');
  late.noteCheck('state', 'bad');
  late.noteCheck('state', 'good');
  late.deadline('not golden after 600 s');
  dir.shutDown(late);
  assert.deepEqual(dir.said(), ['KERNEL', 'DECISION', 'SHELL', 'DEADLINE']);
  const again = dir.boot('2', dir.startEntry('rayos_2+2-1.efi'));
  again.begin();
  again.deadline('not golden after 600 s');
  dir.shutDown(again);
  // The unit of the deadline tells logd, or where that hangs, leaves a file.
  const hung = dir.boot('2', dir.startEntry('rayos_2+1-2.efi'));
  hung.begin();
  writeFileSync(join(dir.run, 'deadline-passed'), '');
  dir.shutDown(hung);
  assert.deepEqual(dir.files(), ['rayos_1+3.efi', 'rayos_2+0-3.efi']);
  const { next, versions } = decided(dir);
  assert.equal(next?.version, '1');
  assert.deepEqual(
    versions.find(({ version }) => version === '2'),
    {
      ...{ version: '2', state: 'exhausted', failures: 3, wasGolden: false },
    },
  );
  assert.match(
    historyOf(dir.log().records()).at(-1)?.reason ?? '',
    /^not golden after 600 s: it came as far as SHELL; bad: guest$/,
  );
});

test('after the deadline there is no golden any more', () => {
  using dir = new BootFolder('rayos_2+3.efi', 'rayos_1+3.efi');
  const late = dir.boot('2', dir.startEntry('rayos_2+3.efi'));
  late.begin();
  late.deadline('not golden after 600 s');
  assert.throws(() => late.stage(stage('GOLDEN')), /deadline has passed/);
  dir.shutDown(late);
  assert.deepEqual(dir.files(), ['rayos_1+3.efi', 'rayos_2+2-1.efi']);
  assert.equal(historyOf(dir.log().records())[0]?.end, 'failed');
});

test('a check that is bad again is still told when many are bad', () => {
  using dir = new BootFolder('rayos_2+3.efi');
  const boot = dir.boot('2', dir.startEntry('rayos_2+3.efi'));
  boot.begin();
  for (let i = 0; i < 30; i++) boot.noteCheck(`c${i}`, 'bad');
  boot.noteCheck('c0', 'bad');
  boot.deadline('late');
  assert.match(dir.log().records().at(-1)?.reason ?? '', /bad: c0, c1, .*, c19$/);
});

test('a golden boot before says nothing of the one that runs, which failed before its first record', () => {
  using dir = new BootFolder('rayos_2+3.efi', 'rayos_1+3.efi');
  const golden = dir.boot('2', dir.startEntry('rayos_2+3.efi'));
  golden.begin();
  golden.stage(stage('GOLDEN'));
  dir.startEntry('rayos_2+3.efi');
  const next = dir.boot('2', dir.startEntry('rayos_2+2-1.efi'));
  next.begin();
  assert.match(dir.log().records().at(-1)?.reason ?? '', /Version 2, .*, failed once\./);
});

test('logd alone is stopped: nothing is recorded, nothing is given back', () => {
  using dir = new BootFolder('rayos_2+3.efi');
  const boot = dir.boot('2', dir.startEntry('rayos_2+3.efi'));
  boot.begin();
  boot.stop();
  assert.deepEqual(dir.files(), ['rayos_2+2-1.efi']);
  assert.deepEqual(
    dir
      .log()
      .records()
      .map(({ event }) => event),
    ['KERNEL'],
  );
});

test('without an ESP, without EFI variables, and on recovery', () => {
  using none = new BootFolder();
  rmSync(none.entries, { recursive: true });
  const blind = none.boot('2', {});
  blind.begin();
  blind.stage(stage('GOLDEN'));
  assert.match(blind.facts(true).espMissing ?? '', /ENOENT/);
  assert.match(blind.facts(true).notBlessed ?? '', /ENOENT/);
  using dir = new BootFolder('rayos_2+2-1.efi', 'rayos_1+3.efi', 'rayos-recovery_2.efi');
  const known = dir.boot('2', {});
  known.begin();
  known.stage(stage('GOLDEN'));
  assert.equal(known.facts(false).blessed, 'rayos_2+3.efi', 'known by its version');
  const profile = dir.boot('2', { selected: 'rayos_2.efi@1' });
  assert.equal(profile.facts(false).entry, 'rayos_2+3.efi', 'safe mode is the same file');
  const recovery = dir.boot('2', { selected: 'rayos-recovery_2.efi' });
  recovery.stage(stage('GOLDEN'));
  assert.equal(recovery.facts(false).blessed, undefined);
  assert.deepEqual(dir.files(), ['rayos-recovery_2.efi', 'rayos_1+3.efi', 'rayos_2+3.efi']);
});
