// Brings a finished build into the folder where people and trials look for it. The manifest says which image is
// there: it goes first and comes last, so that it never names files of another build.

import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { OnProgress } from '../../guest-images/build/builder.ts';
import { runWell } from '../../guest-images/build/run.ts';
import { lockCache } from '../../guest-images/build/workspace.ts';
import { syncDirectory } from '../../src/foundation/index.ts';
import { type BuiltImage, writeSums } from './describe.ts';
import { syncContents } from './durable.ts';
import { manifestNameOf } from './inputs.ts';

/**
 * Copies the files of `built` from `output` into `outDir`. Builds for other processors or versions may do so at
 * the same time: they wait for each other. When it is interrupted, the image that was there is whole, or is
 * known not to be.
 */
export async function publish(
  output: string,
  outDir: string,
  built: BuiltImage,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<void> {
  onProgress({ step: 'writing the files' });
  mkdirSync(outDir, { recursive: true });
  const onWait = () => onProgress({ step: `waiting for another build that writes into ${outDir}` });
  using _lock = await lockCache(outDir, onWait, signal);
  removeLeftovers(outDir);
  const names = Object.keys(built.files);
  for (const name of names) await copyHidden(join(output, name), hiddenName(outDir, name), signal);

  const manifest = manifestNameOf(built);
  rmSync(join(outDir, manifest), { force: true });
  syncDirectory(outDir);
  const show = (name: string) => renameSync(hiddenName(outDir, name), join(outDir, name));
  for (const name of names) if (name !== manifest) show(name);
  writeSums(outDir, built);
  show(manifest);
  syncDirectory(outDir);
}

const hiddenName = (outDir: string, name: string) => join(outDir, `.rayos-${name}`);

/** Under the lock: what is hidden here was left by a build that died. */
function removeLeftovers(outDir: string): void {
  for (const name of readdirSync(outDir))
    if (name.startsWith('.rayos-')) rmSync(join(outDir, name));
}

async function copyHidden(from: string, to: string, signal?: AbortSignal): Promise<void> {
  // Holes stay holes, and are not read.
  await runWell('cp', ['--sparse=auto', '--reflink=auto', from, to], { signal });
  await syncContents(to, signal);
}
