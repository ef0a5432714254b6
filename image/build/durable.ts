// What a later build, or a trial, believes because its name is there has its contents on the disk before it gets
// that name: after a power cut it is whole or not there.

import { renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { runWell } from '../../guest-images/build/run.ts';
import { syncDirectory } from '../../src/foundation/index.ts';

/** Writes the contents of a file, or of a folder with all that is below it, to the disk: sync(1). */
export async function syncContents(path: string, signal?: AbortSignal): Promise<void> {
  const all = statSync(path).isDirectory() ? ['--file-system'] : [];
  await runWell('sync', [...all, path], { signal });
}

/** Gives a finished file or folder its name; what was there under it is replaced if it is a file. */
export async function putInPlace(
  unfinished: string,
  target: string,
  signal?: AbortSignal,
): Promise<void> {
  await syncContents(unfinished, signal);
  renameSync(unfinished, target);
  syncDirectory(dirname(target));
}
