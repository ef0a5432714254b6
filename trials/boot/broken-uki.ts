// What the stories of a broken UKI have in common: a good boot, after which the file is no longer what it was.

import { statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { firstImage } from '../machine/images.ts';
import { bootLimits, createComputer, diskName } from './computer.ts';
import { entriesFolder, namesOn } from './evidence.ts';
import { storyLimitMs } from './fallback.ts';
import { firmwareIsTold, firmwareKnows } from './probes.ts';

/** Tells the story of a UKI of which this share is left: the firmware goes on to recovery. */
export function tellBrokenUki(how: string, keep: number): void {
  test(`a UKI that is ${how}: recovery, which says so`, { timeout: storyLimitMs }, async ({
    signal,
  }) => {
    await using computer = await createComputer({
      image: firstImage,
      smbiosStrings: firmwareKnows,
    });
    const limits = { ...bootLimits, signal };
    // A boot that goes well, so that the firmware knows of recovery.
    await computer.powerOn();
    await computer.lines([/BOOT_MARKER:BLESSED:/, firmwareIsTold], limits);
    await computer.powerOff(limits);
    await computer.changeDisk(diskName, async (disk) => {
      const esp = await disk.partition('esp');
      for (const name of await namesOn(disk)) {
        const file = join(computer.folder, name);
        await disk.takeFatFile(`${entriesFolder}/${name}`, file, esp);
        truncateSync(file, Math.floor(statSync(file).size * keep));
        await disk.putFatFile(file, `${entriesFolder}/${name}`, esp);
      }
    });
    await computer.powerOn();
    await computer.marker(/^RECOVERY:STARTED:system-broken$/, limits);
    await computer.marker(/^RECOVERY:REASON:/, limits);
    await computer.cut();
  });
}
