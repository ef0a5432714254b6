// The images that the stories start: the one in dist, and a newer version of it for the stories that have
// two. Both are built when what they are made from has changed.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type ImageName, imageIsCurrent } from '../../image/build/inputs.ts';
import packageJson from '../../package.json' with { type: 'json' };

const root = join(import.meta.dirname, '../..');
const dist = join(root, 'dist');
/** What only trials need. */
export const others = join(dist, 'trials');

/** The version in dist, and the newer one that some stories begin with. */
export const firstVersion: string = packageJson.version;
export const secondVersion = `${firstVersion}.1`;

export const firstImage = join(dist, `rayos-${firstVersion}-x86_64.raw`);
export const secondImage = join(others, `rayos-${secondVersion}-x86_64.raw`);

/** The one for 64-bit ARM, which one story starts. */
export const armImage = join(dist, `rayos-${firstVersion}-aarch64.raw`);

export type OnWords = (words: string) => void;

/** Builds what the stories start, unless it is there as its sources are. */
export async function prepareImages(onWords: OnWords, signal?: AbortSignal): Promise<void> {
  await need({ version: firstVersion, architecture: 'x86_64' }, dist, onWords, signal);
  await need({ version: secondVersion, architecture: 'x86_64' }, others, onWords, signal);
}

/** Builds the image for 64-bit ARM, unless it is there as its sources are. */
export async function prepareArmImage(onWords: OnWords, signal?: AbortSignal): Promise<void> {
  await need({ version: firstVersion, architecture: 'aarch64' }, dist, onWords, signal);
}

async function need(name: ImageName, folder: string, onWords: OnWords, signal?: AbortSignal) {
  if (imageIsCurrent(folder, name)) return;
  const { version, architecture } = name;
  onWords(`building version ${version} of the image for ${architecture}`);
  const settings = ['--version', version, '--arch', architecture, '--out', folder];
  await buildImage(settings, onWords, signal);
}

/** `npm run image` with these options. Throws, with its last words, when there is no image then. */
export async function buildImage(
  options: readonly string[],
  onWords: OnWords,
  signal?: AbortSignal,
): Promise<void> {
  const args = ['--disable-warning=ExperimentalWarning', join(root, 'image/build.ts'), ...options];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], signal });
  const said: string[] = [];
  const lines = async (stream: NodeJS.ReadableStream) => {
    for await (const line of createInterface(stream)) {
      onWords(line);
      said.push(line);
    }
  };
  const [[code]] = await Promise.all([
    once(child, 'close') as Promise<[number | null]>,
    lines(child.stdout),
    lines(child.stderr),
  ]);
  if (code !== 0) throw new Error(`the image was not built:\n${said.slice(-20).join('\n')}`);
}
