// The plug is pulled at any moment of a first boot: every block write up to GOLDEN and the clean shutdown is
// recorded, and the disk as it was at each barrier is checked: file systems, records, entries, the decision.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstImage, firstVersion } from '../machine/images.ts';
import { Recording } from '../machine/recording.ts';
import { bootLimits, createComputer, diskName } from './computer.ts';
import { storyLimitMs } from './fallback.ts';
import { moments } from './played-boot.ts';

test('at every write barrier of a boot: file systems that a mount mends, whole records, a right decision', {
  timeout: storyLimitMs,
}, async (context) => {
  const { signal } = context;
  await using computer = await createComputer({ image: firstImage, isRecorded: true });
  await computer.powerOn();
  const limits = { ...bootLimits, signal };
  await computer.marker(/^BOOT_MARKER:GOLDEN:/, limits);
  await computer.marker(/^BOOT_MARKER:BLESSED:/, limits);
  await computer.powerOff(limits);
  using recording = new Recording(computer.diskFiles(diskName));
  const { barriers, writes } = recording;
  const seen = {
    names: new Set<string>(),
    events: new Set<string>(),
    complaints: new Set<string>(),
  };
  let last = 0;
  for await (const moment of moments(recording, barriers, [firstVersion, undefined], { signal })) {
    const { decision, records, names, espComplaint } = moment;
    const at = `after ${moment.writes} of ${writes.length} writes (${names.join(' ')})`;
    // There is one version, it has never failed three times: it is started next, and this is said.
    assert.equal(decision.now, 'run', at);
    assert.equal(decision.next?.version, firstVersion, at);
    assert.equal(decision.next?.kind, 'system', at);
    assert.match(decision.reason, new RegExp(`version ${firstVersion}.* is started next`), at);
    assert.ok(records.length >= last, `a record was lost ${at}`);
    last = records.length;
    for (const { event } of records) seen.events.add(event);
    seen.names.add(names.filter((name) => !name.includes('recovery')).join(' '));
    if (espComplaint !== '') seen.complaints.add(espComplaint);
  }
  context.diagnostic(
    `${writes.length} writes, ${barriers.length} barriers; ESP: ${[...seen.names].join(', ')}`,
  );
  for (const complaint of seen.complaints) context.diagnostic(complaint);
  assert.deepEqual([...seen.events], ['KERNEL', 'SUBSYSTEMS', 'SHELL', 'GOLDEN', 'STOPPED']);
});
