// The images that the stories start: the one in dist, and a newer version of it for the stories that have
// two. Both are built when they are not there.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
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

export type OnWords = (words: string) => void;

/** Builds what the stories start, unless it is there. */
export async function prepareImages(onWords: OnWords, signal?: AbortSignal): Promise<void> {
  await need(firstImage, [], onWords, signal);
  await need(secondImage, ['--version', secondVersion, '--out', others], onWords, signal);
}

async function need(image: string, args: string[], onWords: OnWords, signal?: AbortSignal) {
  if (existsSync(image)) return;
  onWords(`building ${image}`);
  const command = ['--disable-warning=ExperimentalWarning', join(root, 'image/build.ts'), ...args];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'], signal });
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
