// The UKI of the only version is cut off after a good boot, and in a second part is empty: the loader cannot
// start it, and the firmware's next entry is recovery, which says so.

import { statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { firstImage } from '../machine/images.ts';
import { bootLimits, createComputer, diskName } from './computer.ts';
import { entriesFolder, namesOn } from './evidence.ts';
import { storyLimitMs } from './fallback.ts';

for (const [how, keep] of [
  ['cut off in the middle', 0.5],
  ['empty', 0],
] as const)
  test(`a UKI that is ${how}: recovery`, { timeout: storyLimitMs }, async ({ signal }) => {
    await using computer = await createComputer({ image: firstImage });
    const limits = { ...bootLimits, signal };
    // A boot that goes well, so that the firmware knows of recovery.
    await computer.powerOn();
    await computer.marker(/^BOOT_MARKER:BLESSED:/, limits);
    await computer.powerOff(limits);
    await computer.changeDisk(diskName, async (disk) => {
      const esp = await disk.partition('esp');
      for (const name of await namesOn(disk)) {
        const file = join(computer.folder, name);
        await disk.takeFatFile(`${entriesFolder}/${name}`, file, esp);
        if (keep === 0) writeFileSync(file, '');
        else truncateSync(file, Math.floor(statSync(file).size * keep));
        await disk.putFatFile(file, `${entriesFolder}/${name}`, esp);
      }
    });
    await computer.powerOn();
    await computer.marker(/^RECOVERY:STARTED:system-broken$/, limits);
    await computer.marker(/^RECOVERY:REASON:/, limits);
    await computer.cut();
  });
