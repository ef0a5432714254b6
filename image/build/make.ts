// One build of the image: tools, the parts that RayOS makes itself, mkosi, and what lies beside the image
// (UKI, checksums, manifest). The finished files are renamed into dist/ when all of them are there.

import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { OnProgress } from '../../guest-images/build/builder.ts';
import { remove } from '../../guest-images/build/namespace.ts';
import { run, runWell } from '../../guest-images/build/run.ts';
import { needRoom } from '../../guest-images/build/workspace.ts';
import { asRayError, RayError } from '../../src/contracts/index.ts';
import { paths, syncDirectory } from '../../src/foundation/index.ts';
import { type Architecture, targetFor } from './architecture.ts';
import { bundleLogd } from './bundle.ts';
import { type BuiltImage, describe, writeSums } from './describe.ts';
import { packGuests } from './guests.ts';
import { currentImage, fileNameOf, type ImageName, inputsKey } from './inputs.ts';
import { fetchCompiled } from './npm-packages.ts';
import type { LockMode } from './packages.ts';
import { stripTypes } from './plain.ts';
import { openImageCache, prepare } from './prepare.ts';
import { type Signing, stageSigning } from './signing.ts';
import { clearStage, stage } from './stage.ts';
import type { Tools } from './tools.ts';

const root = join(import.meta.dirname, '../..');
/** Tools (0.4 GiB), packages, mkosi's two trees and their caches, and the image's own 1.5 GiB twice. */
const neededBytes = 8 * 1024 ** 3;

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
  try {
    return await make(options);
  } catch (thrown) {
    const { code, message } = asRayError(thrown);
    // What these say of a next step is meant for a guest's image.
    if (code !== 'IMAGE_BROKEN' && code !== 'IMAGE_MISSING') throw thrown;
    const remedy =
      'Run it again: what was fetched and made is kept. RAYOS_IMAGE_LOG=1 shows what mkosi says.';
    throw new RayError('BUILD_FAILED', message.replace(/\.$/, ''), { remedy }, thrown);
  }
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
  const cacheDir = join(paths().cacheDir, target.cache);
  using _lock = await openImageCache(cacheDir, onProgress, signal);
  needRoom(cacheDir, neededBytes);
  const mode = options.lock ?? 'drift';
  const { tools, packages, state } = await prepare(target, cacheDir, mode, onProgress, signal);
  // Asked before the project's files are read: one that is edited meanwhile makes the image stale.
  const inputs = inputsKey(imageName);

  const epoch = await sourceDate(signal);
  const guests = await packGuests(target, cacheDir, epoch, onProgress, signal);
  onProgress({ step: 'building the desktop' });
  await runWell(process.execPath, [join(root, 'setup/build.mjs'), 'desktop'], { signal });

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
    ...{ guests, node, compiledPackages },
  });
  const home = join(stageDir, 'mkosi.extra/usr/lib/rayos');
  await bundleLogd(home);
  stripTypes(home);
  {
    using _keys = stageSigning(stageDir, options.signing);
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
    guests,
    mkosiCache: join(cacheDir, 'mkosi-cache'),
    stageDir,
    node,
    inputs,
    seconds: () => Math.round((performance.now() - started) / 1000),
  });
  await publish(output, outDir, built, signal);
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
  renameSync(unfinished, target);
}

/** SOURCE_DATE_EPOCH, or when the last commit was made: no file of the image is newer. */
async function sourceDate(signal?: AbortSignal): Promise<number> {
  const given = Number(process.env.SOURCE_DATE_EPOCH);
  if (given > 0) return given;
  const { code, output } = await run('git', ['-C', root, 'log', '-1', '--format=%ct'], { signal });
  const seconds = Number(output.toString().trim());
  if (code === 0 && seconds > 0) return seconds;
  throw new RayError('BUILD_FAILED', 'there is no commit here, so the image has no date', {
    remedy: 'Build it in a clone of the repository, or set SOURCE_DATE_EPOCH.',
  });
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

/** Brings the finished files into dist; the image itself last, so that what it needs is there before it. */
async function publish(
  output: string,
  outDir: string,
  built: BuiltImage,
  signal?: AbortSignal,
): Promise<void> {
  mkdirSync(outDir, { recursive: true });
  for (const name of readdirSync(outDir))
    if (name.startsWith('.rayos-')) rmSync(join(outDir, name));
  const names = Object.keys(built.files).filter((name) => name !== built.image);
  for (const name of [...names, built.image]) {
    const hidden = join(outDir, `.rayos-${name}`);
    // Holes stay holes, and are not read.
    await runWell('cp', ['--sparse=auto', '--reflink=auto', join(output, name), hidden], {
      signal,
    });
    renameSync(hidden, join(outDir, name));
  }
  writeSums(outDir, built);
  syncDirectory(outDir);
  remove(output);
}
