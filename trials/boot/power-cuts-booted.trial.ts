// The plug is pulled at four moments of a first boot (before anything is recorded, after SHELL, inside the
// rename that blesses the entry, at the shutdown), and the machine is started again: each time it is golden.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { firstImage, firstVersion } from '../machine/images.ts';
import { Recording } from '../machine/recording.ts';
import { bootLimits, createComputer, diskName } from './computer.ts';
import { namesOn } from './evidence.ts';
import { storyLimitMs } from './fallback.ts';
import { type Moment, moments } from './played-boot.ts';

const blessed = `rayos_${firstVersion}+3.efi`;

test('cut at four moments of a boot, one inside the bless rename: golden at the next', {
  timeout: storyLimitMs,
}, async (context) => {
  const { signal } = context;
  const folder = mkdtempSync(join(tmpdir(), 'rayos-cuts-'));
  try {
    const limits = { ...bootLimits, signal };
    await using computer = await createComputer({ image: firstImage, isRecorded: true });
    await computer.powerOn();
    await computer.marker(/^BOOT_MARKER:BLESSED:/, limits);
    await computer.powerOff(limits);
    using recording = new Recording(computer.diskFiles(diskName));
    for (const { what, writes } of await chooseCuts(recording, signal)) {
      context.diagnostic(`cut ${what}, after ${writes} of ${recording.writes.length} writes`);
      const image = join(folder, 'cut.raw');
      await recording.diskAfter(writes, image);
      await using again = await createComputer({ image });
      await again.powerOn();
      await again.marker(/^BOOT_MARKER:GOLDEN:/, limits);
      await again.marker(/^BOOT_MARKER:BLESSED:/, limits);
      await again.powerOff(limits);
      await using disk = await again.disk(diskName);
      assert.deepEqual(await namesOn(disk), [blessed], what);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

async function chooseCuts(recording: Recording, signal: AbortSignal) {
  const { barriers, writes } = recording;
  // Every write, not only barriers, where a file system without a journal is written.
  const counts = [...new Set([...barriers, ...espWrites(recording)])].sort((a, b) => a - b);
  const all: Moment[] = [];
  const options = { signal, withoutState: true };
  for await (const moment of moments(recording, counts, [firstVersion, undefined], options))
    all.push(moment);
  const has = (moment: Moment, event: string) => moment.records.some((one) => one.event === event);
  const inBless = all.filter((one) => has(one, 'GOLDEN') && !isWhole(one));
  return [
    {
      what: 'before anything was recorded',
      at: all.findLast(({ records }) => records.length === 0),
    },
    { what: 'after SHELL', at: all.find((one) => has(one, 'SHELL')) },
    // Where both names, or none, are there; else where the rename is still to be written.
    {
      what: 'inside the bless rename',
      at: inBless.find(({ names }) => systems(names).length !== 1) ?? inBless.at(-1),
    },
    {
      what: 'at the shutdown',
      at: all.findLast((one) => one.writes < writes.length && isWhole(one)),
    },
  ].map(({ what, at }) => {
    assert.ok(at !== undefined, `there is no moment ${what}`);
    return { what: `${what} (${at.names.join(' ')})`, writes: at.writes };
  });
}

const systems = (names: readonly string[]) => names.filter((name) => !name.includes('recovery'));
const isWhole = ({ names }: Moment) => systems(names).join() === blessed;

/** How many writes there were with each that went to the first partition, which is the ESP. */
function espWrites({ writes }: Recording): number[] {
  const [begin, end] = [1024 ** 2, 1024 ** 3];
  return writes.flatMap(({ kind, offsetBytes }, i) =>
    kind === 'write' && offsetBytes >= begin && offsetBytes < end ? [i + 1] : [],
  );
}
