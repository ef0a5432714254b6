// The life of one build: fetch and verify packages, unpack them, choose what the guest needs, lay the
// recipe's own files over it, pack, write beside the target, rename. Nothing before the rename is seen.

import { createHash } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { RayError } from '../../src/contracts/index.ts';
import { syncDirectory } from '../../src/foundation/index.ts';
import { Apt, type Package } from '../archive/apt.ts';
import { findDebianArchive, readSources } from '../archive/sources.ts';
import type { Recipe } from '../recipe.ts';
import { Closure, MissingFileError } from '../tree/closure.ts';
import { writeCpio } from '../tree/cpio.ts';
import { ElfError } from '../tree/elf.ts';
import { ModuleError } from '../tree/modules.ts';
import { Tree } from '../tree/tree.ts';
import { BzImageError } from '../tree/vmlinux.ts';
import { addFontCache } from './fonts.ts';
import { diskFile, initrdFile, kernelFile, type Manifest, manifestFile } from './image.ts';
import { addKernel } from './kernel.ts';
import { addOverlay } from './overlay.ts';
import { run, throwIfAborted } from './run.ts';
import { installSystem, needTools, packagesOf } from './system.ts';
import { sha256, tidyDownloads, unpack, verify } from './unpack.ts';
import { makeWorkspace, needRoom, publish } from './workspace.ts';

/** `fraction` (0 to 1) where a step takes long enough to want one. */
export type Progress = { readonly step: string; readonly fraction?: number };
export type OnProgress = (progress: Progress) => void;

/** Every file of the image has this time: 2025-08-09, the day of Debian 13. Same inputs, same bytes. */
const mtime = 1_754_697_600;
/** Unpacked packages (300 MiB), the image (120 MiB), fetched packages (170 MiB), and room to grow. */
const workBytes = 860 * 1024 * 1024;
/** The same of a disk: the installed system twice, once as files and once as a filesystem, and packages. */
const diskWorkBytes = 5 * 1024 * 1024 * 1024;

/** Builds and publishes; the caller holds the lock. Returns the folder of the new image. */
export async function build(
  recipe: Recipe,
  cacheDir: string,
  recipeKey: string,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<string> {
  const started = Date.now();
  const archive = findDebianArchive(readSources());
  if (archive === undefined || process.arch !== 'x64') throw noArchive();
  needRoom(cacheDir, workBytes + (recipe.disk === undefined ? 0 : diskWorkBytes));
  if (recipe.disk !== undefined) await needTools(signal);
  using workspace = makeWorkspace(cacheDir, recipe.name);
  const directory = join(cacheDir, 'downloads');
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  const apt = new Apt({ directory, archive, suite: recipe.suite, architecture: 'amd64', signal });

  const { packages, forDisk } = await fetch(apt, recipe, onProgress);
  const unpacked = join(workspace.path, 'packages');
  await unpack(
    packages,
    unpacked,
    (fraction) => onProgress({ step: 'unpacking', fraction }),
    signal,
  );

  onProgress({ step: 'choosing the files of the guest' });
  const tree = new Tree();
  const { version, vmlinux } = await assemble(recipe, unpacked, workspace.path, tree, signal);
  throwIfAborted(signal);

  onProgress({ step: 'packing the image' });
  const image = join(workspace.path, 'image');
  mkdirSync(image);
  const files: Record<string, { sizeBytes: number; sha256: string }> = {
    [kernelFile]: writeFile(join(image, kernelFile), [vmlinux]),
    [initrdFile]: writeFile(join(image, initrdFile), writeCpio(tree.entries(), mtime)),
  };
  if (recipe.disk !== undefined) {
    const work = join(workspace.path, 'system');
    mkdirSync(work);
    const target = join(image, diskFile);
    await installSystem(
      ...([recipe.disk, apt.sourcesFile, forDisk, unpacked, version, work, target] as const),
      onProgress,
      signal,
    );
    files[diskFile] = await seal(target);
  }
  const manifest: Manifest = {
    recipe: recipe.name,
    recipeKey,
    built: new Date().toISOString(),
    builtInMs: Date.now() - started,
    builtBy: await builder(signal),
    suite: recipe.suite,
    hasSecurityUpdates: archive.security !== undefined,
    kernelVersion: version,
    commandLine: recipe.commandLine,
    memoryMiB: recipe.memoryMiB,
    cpus: recipe.cpus,
    ...(recipe.disk !== undefined && {
      disk: { file: diskFile, format: 'qcow2', virtualBytes: recipe.disk.virtualBytes },
    }),
    files,
    packages: [...packages, ...forDisk].map(({ name, version, sha256 }) => ({
      name,
      version,
      sha256,
    })),
  };
  writeFile(join(image, manifestFile), [Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)]);
  syncDirectory(image);
  throwIfAborted(signal);
  return publish(cacheDir, recipe.name, image, `${recipeKey}-${started.toString(36)}`);
}

async function fetch(
  apt: Apt,
  recipe: Recipe,
  onProgress: OnProgress,
): Promise<{ packages: Package[]; forDisk: Package[] }> {
  onProgress({ step: 'reading the lists of Debian packages' });
  await apt.update();
  onProgress({ step: 'choosing packages' });
  const forDisk = recipe.disk === undefined ? [] : await packagesOf(apt, recipe.disk);
  const packages = await apt.resolve(recipe.packages, recipe.leftOut);
  await tidyDownloads([...packages, ...forDisk]);
  // Two calls: apt fetches what one guest would install, and these are two lists.
  for (const list of [packages, forDisk]) {
    if (list.length === 0) continue;
    const mib = Math.ceil(list.reduce((sum, p) => sum + p.sizeBytes, 0) / 1024 / 1024);
    const step = `fetching ${list.length} packages (${mib} MiB)`;
    await apt.download(list, (fraction) => onProgress({ step, fraction }));
  }
  onProgress({ step: 'verifying the packages' });
  await verify([...packages, ...forDisk]);
  return { packages, forDisk };
}

async function assemble(
  recipe: Recipe,
  unpacked: string,
  scratch: string,
  tree: Tree,
  signal?: AbortSignal,
): Promise<{ version: string; vmlinux: Buffer }> {
  try {
    const closure = new Closure(unpacked, tree);
    for (const path of recipe.paths) closure.add(path);
    const kernel = await addKernel(unpacked, recipe.modules, tree, signal);
    addOverlay(recipe, tree);
    if (tree.has('usr/share/fonts')) await addFontCache(unpacked, scratch, tree, mtime, signal);
    return kernel;
  } catch (thrown) {
    const isOurs =
      thrown instanceof MissingFileError ||
      thrown instanceof ElfError ||
      thrown instanceof ModuleError ||
      thrown instanceof BzImageError;
    if (!isOurs) throw thrown;
    throw new RayError(
      'IMAGE_BROKEN',
      `the image ${recipe.name} cannot be put together: ${thrown.message}`,
      {},
      thrown,
    );
  }
}

/** Writes and syncs a file that everybody may read; says what it became. */
function writeFile(
  path: string,
  chunks: Iterable<Uint8Array>,
): { sizeBytes: number; sha256: string } {
  const descriptor = openSync(path, 'wx', 0o644);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  try {
    for (const chunk of chunks) {
      for (let at = 0; at < chunk.length; ) at += writeSync(descriptor, chunk, at);
      hash.update(chunk);
      sizeBytes += chunk.length;
    }
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  return { sizeBytes, sha256: hash.digest('hex') };
}

/** Syncs a file that another program wrote; says what it is. */
async function seal(path: string): Promise<{ sizeBytes: number; sha256: string }> {
  const descriptor = openSync(path, 'r+');
  try {
    fchmodSync(descriptor, 0o644);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  return { sizeBytes: statSync(path).size, sha256: await sha256(path) };
}

async function builder(signal?: AbortSignal): Promise<string> {
  const { output } = await run('dpkg-deb', ['--version'], { signal });
  const dpkg = /version (\S+)/.exec(output.toString())?.[1] ?? 'unknown';
  return `guest-images/build.ts, Node ${process.versions.node}, dpkg ${dpkg}`;
}

function noArchive(): RayError {
  return new RayError(
    'NOT_ON_THIS_HOST',
    'guest images are built on x86-64 machines whose apt sources name a Debian archive',
    {
      remedy:
        'Build it on Debian 12 or 13 (x86-64) with `npm run guest-image -- --out DIR` and copy DIR here.',
    },
  );
}
