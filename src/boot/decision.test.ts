import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BootFacts, type Decision, decide } from './decision.ts';
import { afterStart, type BootEntry, entryName, fullTries, type Tries } from './entry-name.ts';
import type { BootRecord } from './record.ts';

const system = (version: string, tries?: Tries): BootEntry =>
  tries === undefined ? { kind: 'system', version } : { kind: 'system', version, tries };
const recovery: BootEntry = { kind: 'recovery', version: '1' };

let boots = 0;
function boot(version: string, entry: string, ...events: BootRecord['event'][]): BootRecord[] {
  const bootId = `b${++boots}`;
  const time = '2026-11-23T19:00:00.000Z';
  return events.map((event) => ({
    ...{ event, time, monotonicMs: 1, bootId, version, entry, reason: '' },
  }));
}
const golden = (version: string, entry = `rayos_${version}+3.efi`) =>
  boot(version, entry, 'KERNEL', 'SUBSYSTEMS', 'SHELL', 'GOLDEN');
const failed = (version: string) => boot(version, '', 'KERNEL', 'SUBSYSTEMS');
const clean = (version: string) => boot(version, '', 'KERNEL', 'SUBSYSTEMS', 'STOPPED');

const nothing: BootFacts = {
  entries: [],
  slots: [undefined, undefined],
  records: [],
  snapshots: [],
  isPastDeadline: false,
};

const counters = [
  undefined,
  ...[0, 1, 2, 3].map((left): Tries => ({ left, done: 3 - left })),
] as const;
const entriesOf = (version: string) => [[], ...counters.map((tries) => [system(version, tries)])];
const histories = (version: string) => [
  [],
  golden(version),
  failed(version),
  clean(version),
  [...golden(version), ...failed(version), ...failed(version)],
  [...failed(version), ...golden(version, `rayos_${version}+0-3.efi`)],
];

test('every combination of entries, counters, slots, records, snapshots and what runs', () => {
  let cases = 0;
  const snapshotSets = [[], [{ id: 's1', isGolden: true }]];
  const runs = [undefined, 'system', 'recovery'] as const;
  for (const newer of entriesOf('2'))
    for (const older of entriesOf('1'))
      for (const last of [[], [recovery]])
        for (const slotB of [undefined, '1'])
          for (const ofNewer of histories('2'))
            for (const ofOlder of histories('1'))
              for (const snapshots of snapshotSets)
                for (const kind of runs)
                  for (const isPastDeadline of [false, true]) {
                    cases++;
                    const facts: BootFacts = {
                      entries: [...last, ...older, ...newer],
                      slots: ['2', slotB],
                      records: [...ofOlder, ...ofNewer],
                      snapshots,
                      ...(kind === undefined
                        ? {}
                        : { running: { kind, version: '2', bootId: 'now' } }),
                      isPastDeadline,
                    };
                    holds(facts, decide(facts));
                  }
  assert.equal(cases, 6 * 6 * 2 * 2 * 6 * 6 * 2 * 3 * 2);
});

/** What is true of every decision. */
function holds(facts: BootFacts, decided: Decision): void {
  const mended = facts.entries.map((entry) =>
    decided.mend.some(({ from }) => from === entryName(entry))
      ? { ...entry, tries: fullTries }
      : entry,
  );
  const usable = mended.filter(({ tries }) => tries?.left !== 0);
  const { next, now } = decided;
  const say = () => JSON.stringify({ facts, decided });
  if (usable.length > 0) assert.notEqual(next?.tries?.left, 0, say());
  if (next?.kind === 'recovery')
    assert.ok(!usable.some(({ kind }) => kind === 'system'), `recovery too early: ${say()}`);
  if (next?.kind === 'system' && next.tries?.left === 0)
    assert.ok(!mended.includes(recovery), `recovery was there: ${say()}`);
  assert.equal(next === undefined, facts.entries.length === 0, say());
  if (next?.version === '1' && next.kind === 'system')
    assert.ok(!usable.some(({ version, kind }) => kind === 'system' && version === '2'), say());
  if (now === 'reboot') {
    assert.ok(facts.isPastDeadline && facts.running?.kind === 'system', say());
    assert.ok(next !== undefined && next.tries?.left !== 0, say());
  }
  assert.equal(facts.running === undefined && next === undefined, now === 'nothing-to-start');
  assert.match(decided.reason, /^.+\.$/);
  assert.doesNotMatch(decided.reason, /undefined|\.\./);
  assert.equal(
    decided.suspect === 'none',
    decided.versions.every(({ failures }) => failures === 0),
  );
}

/** Starts what systemd-boot would; returns the entries after it. */
function started(entries: readonly BootEntry[], facts: Partial<BootFacts>) {
  const { next } = decide({ ...nothing, ...facts, entries });
  assert.ok(next);
  const after = entries.map((entry) =>
    entryName(entry) === entryName(next) && entry.tries
      ? { ...entry, tries: afterStart(entry.tries) }
      : entry,
  );
  return { next, after };
}

test('a version that never becomes golden is tried three times, then the other one runs', () => {
  for (const isRecorded of [true, false])
    for (const wasGolden of [true, false]) {
      let entries: readonly BootEntry[] = [
        system('2', fullTries),
        system('1', fullTries),
        recovery,
      ];
      const records: BootRecord[] = [...golden('1'), ...(wasGolden ? golden('2') : [])];
      const order: string[] = [];
      for (let i = 0; i < 4; i++) {
        const { next, after } = started(entries, { records });
        order.push(next.version);
        entries = after;
        if (isRecorded && next.version === '2') records.push(...failed('2'));
      }
      assert.deepEqual(order, ['2', '2', '2', '1']);
      const decided = decide({
        ...nothing,
        entries,
        slots: ['1', '2'],
        records,
        snapshots: [{ id: 's1', isGolden: true }],
        running: { kind: 'system', version: '1', bootId: 'now' },
      });
      assert.equal(decided.suspect, wasGolden ? 'state' : 'image');
      assert.equal(decided.goldenSnapshot, wasGolden ? 's1' : undefined);
      assert.match(decided.reason, /Version 2, .* failed 3 times in a row and has no try left\./);
    }
});

test('with an empty slot recovery is started, and why is said', () => {
  const decided = decide({
    ...nothing,
    entries: [system('1', { left: 0, done: 3 }), recovery],
    slots: ['1', undefined],
  });
  assert.equal(decided.now, 'recovery');
  assert.match(decided.reason, /^Recovery is started next, since no version has a try left\./);
  assert.match(decided.reason, /The other slot is empty/);
});

test('three clean early shutdowns do not demote a healthy version', () => {
  const entries: readonly BootEntry[] = [system('2', fullTries), system('1', fullTries), recovery];
  const records = [...golden('2')];
  for (let i = 0; i < 3; i++) {
    const { next, after } = started(entries, { records });
    assert.equal(next.version, '2');
    assert.ok(after.length === entries.length); // the shutdown gives the try back
    records.push(...clean('2'));
  }
  const decided = decide({ ...nothing, entries, records });
  assert.deepEqual(decided.versions[0], {
    ...{ version: '2', state: 'golden', failures: 0, wasGolden: true },
  });
});

test('a cut before the bless rename is mended; one after it, or a later failure, is not touched', () => {
  const spent = system('2', { left: 0, done: 3 });
  const records = golden('2', entryName(spent));
  const others = [system('1', fullTries), recovery];
  const running = { kind: 'system', version: '1', bootId: 'now' } as const;
  const cut = decide({ ...nothing, entries: [spent, ...others], records, running });
  assert.deepEqual(cut.mend, [{ from: 'rayos_2+0-3.efi', to: 'rayos_2+3.efi' }]);
  assert.equal(cut.next?.version, '2');
  assert.equal(cut.versions[0]?.state, 'golden');
  // Both names after the cut: nothing is renamed onto another, and the whole one is started.
  const both = decide({ ...nothing, entries: [spent, system('2', fullTries), ...others], records });
  assert.deepEqual([both.mend, both.next], [[], system('2', fullTries)]);
  // Neither name: the other version.
  assert.equal(decide({ ...nothing, entries: others, records }).next?.version, '1');
  // Blessed (GOLDEN under the whole name), then three panics without a record.
  const blessed = [...records, ...golden('2')];
  const later = decide({ ...nothing, entries: [spent, ...others], records: blessed, running });
  assert.deepEqual([later.mend, later.next?.version, later.suspect], [[], '1', 'state']);
});

test('a golden boot that was cut off before its blessing is no failure at the next', () => {
  const running = { kind: 'system', version: '2', bootId: 'now' } as const;
  const failures = (done: number, records: readonly BootRecord[]) =>
    decide({ ...nothing, entries: [system('2', { left: 3 - done, done })], records, running })
      .versions[0]?.failures;
  const cut = golden('2', 'rayos_2+2-1.efi');
  assert.equal(failures(2, cut), 0);
  assert.equal(failures(3, cut), 1, 'a boot since then, without a record');
  assert.equal(failures(3, [...cut, ...failed('2')]), 1, 'and with one');
  const third = [...failed('2'), ...failed('2'), ...golden('2', 'rayos_2+0-3.efi')];
  assert.equal(failures(4, third), 0, 'those before golden are no failures in a row');
  assert.equal(failures(3, [...cut, ...golden('2')]), 2, 'once blessed, it counts anew');
});

test('it is the boot that runs that is golden, not the one before it', () => {
  const entries = [system('2', { left: 1, done: 2 })];
  const records = golden('2');
  const of = (bootId: string) =>
    decide({ ...nothing, entries, records, running: { kind: 'system', version: '2', bootId } });
  assert.equal(of('now').versions[0]?.failures, 1);
  assert.equal(of(records[0]?.bootId ?? '').versions[0]?.failures, 0);
});

test('past the deadline it reboots, unless that could go on for ever', () => {
  const facts = {
    ...nothing,
    running: { kind: 'system', version: '1', bootId: 'now' },
    isPastDeadline: true,
  } as const;
  const now = (...entries: BootEntry[]) => decide({ ...facts, entries }).now;
  assert.equal(now(system('1', { left: 2, done: 1 })), 'reboot');
  assert.equal(now(system('1', { left: 0, done: 3 }), recovery), 'reboot');
  assert.equal(now(system('1', { left: 0, done: 3 })), 'run');
  assert.equal(now(system('1')), 'run');
  assert.equal(now(), 'run');
});
