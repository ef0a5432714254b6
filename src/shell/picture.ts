// Screenshots become files: a whole picture under its name, or nothing.

import { closeSync, lstatSync, openSync, readSync, type Stats } from 'node:fs';
import { basename, resolve } from 'node:path';
import { RayError } from '../contracts/errors.ts';
import type { Picture } from '../contracts/index.ts';
import { bytes } from './output/words.ts';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Standard output instead of a file. */
export const standardOutput = '-';

/** What is told of a picture in place of its bytes. */
export type Written = {
  readonly width: number;
  readonly height: number;
  readonly mediaType: string;
  readonly file: string;
  readonly size: string;
};

/** `linux-desktop-2026-07-03-142530.png`, for pictures that were given no name. */
export function pictureName(subject: string, now: Date = new Date()): string {
  const pad = (n: number) => String(n).padStart(2, '0');
  const day = [now.getFullYear(), pad(now.getMonth() + 1), pad(now.getDate())].join('-');
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(pad).join('');
  const name = subject
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return `${name || 'picture'}-${day}-${time}.png`;
}

/** Refuses what would be lost: a file that is no PNG (unless forced), a folder, a device. */
export function checkTarget(file: string, isForced: boolean): void {
  const found = lookAt(file);
  if (found === undefined) return;
  if (!found.isFile())
    throw new RayError('BAD_REQUEST', `${file} is there and is no ordinary file`, pictureHelp);
  if (!isForced && found.size > 0 && !isPng(beginningOf(file)))
    throw new RayError(
      'BAD_REQUEST',
      `${file} is there and is no picture: it stays as it is (--force overwrites it)`,
      pictureHelp,
    );
}

/** Writes the picture: temporary file, then rename. */
export async function writePicture(picture: Picture, file: string): Promise<Written> {
  const { width, height, mediaType } = picture;
  const data = pictureBytes(picture);
  const { writeDurable } = await import('../foundation/index.ts');
  writeDurable(resolve(file), data, { mode: 0o666 });
  return { width, height, mediaType, file, size: bytes(data.length) };
}

/** The PNG itself. */
export function pictureBytes({ data }: Picture): Buffer {
  const png = Buffer.from(data, 'base64');
  if (!isPng(png))
    throw new RayError('INTERNAL', 'RayOS sent a picture that is no PNG', {
      logFile: 'the one that `rayos status` names',
    });
  return png;
}

const pictureHelp = { command: 'screenshot' };

function lookAt(file: string): Stats | undefined {
  try {
    return lstatSync(file);
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new RayError('STATE_UNWRITABLE', `cannot look at ${basename(file)}: ${reason}`, {
      path: file,
    });
  }
}

function beginningOf(file: string): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const beginning = Buffer.alloc(signature.length);
    readSync(descriptor, beginning, 0, signature.length, 0);
    return beginning;
  } finally {
    closeSync(descriptor);
  }
}

function isPng(data: Buffer): boolean {
  return data.subarray(0, signature.length).equals(signature);
}
