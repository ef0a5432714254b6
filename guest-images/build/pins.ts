// Pins keep an image while a guest needs it: one small file a guest, `<cache>/.pins/<recipe>.<key>/<hash>`,
// that names the guest's folder. A pin whose guest's folder is gone counts for nothing.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeDirectory, syncDirectory, writeDurable } from '../../src/foundation/index.ts';

export type Pinner = {
  /** RayOS's state folder. */
  readonly stateDir: string;
  /** The guest's id; its folder is `<stateDir>/guests/<id>`. */
  readonly id: string;
};

/** A guest that is being made has no folder yet: its pin counts this long without one. */
const graceMs = 60 * 60 * 1000;

/** Writes the pin; durable when it returns. Twice is once. */
export function writePin(cacheDir: string, image: string, pinner: Pinner): void {
  const folder = join(cacheDir, '.pins', image);
  makeDirectory(folder, 0o755);
  const owner = { stateDir: resolve(pinner.stateDir), id: pinner.id };
  writeDurable(join(folder, fileOf(pinner)), JSON.stringify(owner), { mode: 0o644 });
}

/** Removes the pin, if it is there. */
export function removePin(cacheDir: string, image: string, pinner: Pinner): void {
  const folder = join(cacheDir, '.pins', image);
  rmSync(join(folder, fileOf(pinner)), { force: true });
  if (existsSync(folder)) syncDirectory(folder);
}

/** Whether some guest needs the image. Removes pins that count for nothing on the way. */
export function isPinned(cacheDir: string, image: string, now = Date.now()): boolean {
  const folder = join(cacheDir, '.pins', image);
  if (!existsSync(folder)) return false;
  const living = readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .filter((name) => counts(join(folder, name), now));
  if (living.length > 0) return true;
  try {
    rmdirSync(folder);
  } catch {
    // Somebody pins it at this moment: then it stays.
    return true;
  }
  return false;
}

function counts(file: string, now: number): boolean {
  try {
    const written = statSync(file).mtimeMs;
    const pin: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof pin !== 'object' || pin === null || !('stateDir' in pin) || !('id' in pin))
      throw new Error('not a pin');
    if (existsSync(join(String(pin.stateDir), 'guests', String(pin.id)))) return true;
    if (now - written < graceMs) return true;
    rmSync(file, { force: true });
    return false;
  } catch {
    // What cannot be read may well be a guest's: an image too many is the smaller harm.
    return existsSync(file);
  }
}

function fileOf({ stateDir, id }: Pinner): string {
  return createHash('sha256')
    .update(`${resolve(stateDir)}\0${id}`)
    .digest('hex')
    .slice(0, 32);
}
