// One build of the image: tools, the parts that RayOS makes itself, mkosi, and what lies beside the image
// (UKI, checksums, manifest).

import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { OnProgress } from '../../guest-images/build/builder.ts';
import { remove } from '../../guest-images/build/namespace.ts';
import { paths } from '../../src/foundation/index.ts';
import { type Architecture, targetFor } from './architecture.ts';
import { bundleLogd } from './bundle.ts';
import { type BuiltImage, describe } from './describe.ts';
import { buildDesktop } from './desktop.ts';
import { putInPlace } from './durable.ts';
import { copyGuests, keyedAsIn, packGuests } from './guests.ts';
import { currentImage, fileNameOf, type ImageName, inputsKey } from './inputs.ts';
import { setModes } from './modes.ts';
import { fetchCompiled } from './npm-packages.ts';
import type { LockMode } from './packages.ts';
import { stripTypes } from './plain.ts';
import { openImageCache, prepare } from './prepare.ts';
import { publish } from './publish.ts';
import { needRoomToBuild } from './room.ts';
import { type Signing, signedBy, stageSigning } from './signing.ts';
import { sourceDate } from './source-date.ts';
import { clearStage, stage } from './stage.ts';
import type { Tools } from './tools.ts';
import { inWordsOfTheImage } from './words.ts';

const root = join(import.meta.dirname, '../..');

export type MakeOptions = {
  readonly version: string;
  readonly architecture: Architecture;
  readonly outDir: string;
  /** Build it even if the one in `outDir` is made from the files as they are now. */
  readonly force?: boolean;
  /** Whether the lock of the packages has to be kept to; see packages.ts. */
  readonly lock?: Exclude<LockMode, 'update'>;
  /** Signs for Secure Boot; such an image is always built anew. */
  readonly signing?: Signing | undefined;
  readonly onProgress: OnProgress;
  readonly signal?: AbortSignal;
};

/** An image, and whether it was there already. */
export type MadeImage = BuiltImage & { readonly isNew: boolean };

/**
 * Builds the image, unless `outDir` has it. One build for each kind of processor at a time: others wait for
 * it. Versions share all caches: they differ in what is said of them only.
 */
export async function makeImage(options: MakeOptions): Promise<MadeImage> {
  return await inWordsOfTheImage(() => make(options));
}

async function make(options: MakeOptions): Promise<MadeImage> {
  const { architecture, version, outDir, onProgress, signal } = options;
  const target = targetFor(architecture);
  const started = performance.now();
  const imageName: ImageName = { version, architecture };
  const there =
    options.force === true || options.signing ? undefined : currentImage(outDir, imageName);
  const isWanted = options.lock !== 'exact' || there?.lock === 'kept';
  if (there !== undefined && isWanted) return { ...there, isNew: false };
  const signed = options.signing && signedBy(options.signing);
  const epoch = await sourceDate(root, signal);
  const cacheDir = join(paths().cacheDir, target.cache);
  using _lock = await openImageCache(cacheDir, onProgress, signal);
  needRoomToBuild(cacheDir, outDir);
  const mode = options.lock ?? 'drift';
  const { tools, packages, state } = await prepare(target, cacheDir, mode, onProgress, signal);
  // Asked before the project's files are read: one that is edited meanwhile makes the image stale.
  const inputs = inputsKey(imageName);

  const guests = await packGuests(target, cacheDir, epoch, onProgress, signal);

  onProgress({ step: 'laying out the system' });
  const stageDir = join(cacheDir, 'stage');
  clearStage(stageDir);
  for (const folder of ['mkosi-cache', 'packages', 'workspace'])
    mkdirSync(join(cacheDir, folder), { recursive: true });
  const node = join(cacheDir, `node-${process.versions.node}-${tools.key}`);
  const compiled = await fetchCompiled(target, cacheDir, onProgress, signal);
  const unstripped = compiled.node ?? process.execPath;
  await stripNode(tools, cacheDir, unstripped, node, target.strip, signal);
  const name = fileNameOf(imageName);
  const { folders: compiledPackages } = compiled;
  stage(stageDir, {
    ...{ target, name, version, epoch },
    ...{ node, compiledPackages },
  });
  const home = join(stageDir, 'mkosi.extra/usr/lib/rayos');
  onProgress({ step: 'building the desktop' });
  await buildDesktop(join(home, 'desktop/dist'));
  await bundleLogd(home);
  stripTypes(home);
  const keyed = keyedAsIn(join(home, 'guest-images'), guests);
  copyGuests(join(stageDir, 'mkosi.extra'), keyed);
  setModes(stageDir);
  {
    using _keys = await stageSigning(stageDir, options.signing, tools, signal);
    await runMkosi(tools, cacheDir, stageDir, onProgress, signal);
  }

  onProgress({ step: 'describing the image' });
  const output = join(stageDir, 'output');
  const built = await describe({
    output,
    target,
    name,
    version,
    epoch,
    packages,
    lock: state,
    signed,
    guests: keyed,
    mkosiCache: join(cacheDir, 'mkosi-cache'),
    stageDir,
    node,
    inputs,
    seconds: () => Math.round((performance.now() - started) / 1000),
  });
  await publish(output, outDir, built, onProgress, signal);
  remove(output);
  return { ...built, directory: outDir, isNew: true };
}

/** Node without the names that only a debugger reads: a third of its size. Addons find what they need. */
async function stripNode(
  tools: Tools,
  cacheDir: string,
  node: string,
  target: string,
  strip: string,
  signal?: AbortSignal,
) {
  if (existsSync(target)) return;
  for (const name of readdirSync(cacheDir))
    if (name.startsWith('node-')) rmSync(join(cacheDir, name));
  const unfinished = join(cacheDir, 'node-unfinished');
  copyFileSync(node, unfinished);
  const command = [strip, '--strip-unneeded', '--enable-deterministic-archives', unfinished];
  await tools.run(cacheDir, command, { signal });
  await putInPlace(unfinished, target, signal);
}

const steps: readonly (readonly [RegExp, string])[] = [
  [/Building default-initrd image/, 'making the initrd'],
  [/Installing Debian|Installing extra packages/, 'installing packages'],
  [/Copying in extra file trees/, 'copying RayOS'],
  [/Generating disk image|Creating image|repart/, 'writing the disk'],
  [/Building unified kernel/, 'making the UKI'],
];

async function runMkosi(
  tools: Tools,
  cacheDir: string,
  stageDir: string,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<void> {
  onProgress({ step: 'building the system' });
  const onLine = (line: string) => {
    const step = steps.find(([words]) => words.test(line))?.[1];
    if (step !== undefined) onProgress({ step });
    if (process.env.RAYOS_IMAGE_LOG !== undefined) process.stderr.write(`${line}\n`);
  };
  // mkosi's caches are its own to judge: -f builds anew, from them where they still hold.
  const command = ['mkosi', '--directory', stageDir, '-f', 'build'];
  await tools.run(cacheDir, command, { signal, onLine });
}
