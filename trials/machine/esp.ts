// Makes a disk with a GPT and an ESP of given files, as the firmware of a PC finds it.

import { execFile } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { toolEnv } from './disk-reader.ts';

const run = promisify(execFile);
const mib = 1024 * 1024;

export type EspFile = { readonly path: string; readonly from: string };

/** Writes a raw image. `files` are put where their paths say; folders are made. */
export async function makeEspDisk(
  image: string,
  sizeMiB: number,
  files: readonly EspFile[],
): Promise<void> {
  writeFileSync(image, '');
  truncateSync(image, sizeMiB * mib);
  const script = 'label: gpt\nstart=1MiB, type=uefi, name=esp\n';
  const sfdisk = run('sfdisk', ['--quiet', image], { env: toolEnv() });
  sfdisk.child.stdin?.end(script);
  await sfdisk;
  const at = `${image}@@${mib}`;
  const sectors = String((sizeMiB - 2) * 2048);
  await run('mformat', ['-i', at, '-T', sectors, '-h', '64', '-s', '32', '::'], {
    env: toolEnv(),
  });
  const made = new Set<string>();
  for (const { path, from } of files) {
    const folders = path.split('/').filter((part) => part !== '');
    for (let depth = 1; depth < folders.length; depth++) {
      const folder = folders.slice(0, depth).join('/');
      if (made.has(folder)) continue;
      made.add(folder);
      await run('mmd', ['-i', at, `::${folder}`], { env: toolEnv() });
    }
    await run('mcopy', ['-i', at, from, `::${folders.join('/')}`], { env: toolEnv() });
  }
}
