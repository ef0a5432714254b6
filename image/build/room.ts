// The room that a build takes, asked before the work: in the cache, and where the finished files go.

import { existsSync, mkdirSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { RayError } from '../../src/contracts/index.ts';

const gib = 1024 ** 3;
/** What stays in the cache (measured: 3.4 GiB): packages, tools, packed guests, mkosi's installed trees. */
const keptBytes = 3 * gib;
/** What goes when the build ends: the staged tree, mkosi's copies of the trees, and the image as it writes it. */
const workBytes = 3.5 * gib;
/** The finished files; those that are there already stay until then. */
const imageBytes = 1.5 * gib;

export type Room = { readonly folder: string; readonly bytes: number };

/** Throws STATE_UNWRITABLE where a build would run out of room. What an earlier build kept is not asked for again. */
export function needRoomToBuild(cacheDir: string, outDir: string): void {
  mkdirSync(outDir, { recursive: true });
  const bytes = isWarm(cacheDir) ? workBytes : workBytes + keptBytes;
  needRooms([
    { folder: cacheDir, bytes },
    { folder: outDir, bytes: imageBytes },
  ]);
}

/** Folders on one file system share its room. */
export function needRooms(rooms: readonly Room[]): void {
  for (const { folder } of rooms) {
    const { dev } = statSync(folder);
    const bytes = rooms
      .filter((room) => statSync(room.folder).dev === dev)
      .reduce((sum, room) => sum + room.bytes, 0);
    const { bavail, bsize } = statfsSync(folder);
    const free = bavail * bsize;
    if (free >= bytes) continue;
    const mib = (n: number) => `${Math.ceil(n / 1024 ** 2)} MiB`;
    throw new RayError(
      'STATE_UNWRITABLE',
      `building the image needs ${mib(bytes)} on the disk of ${folder} and only ${mib(free)} are free`,
      { path: folder, neededBytes: bytes, freeBytes: free },
    );
  }
}

/** Whether mkosi has the installed trees of the packages that are there. */
function isWarm(cacheDir: string): boolean {
  const trees = join(cacheDir, 'mkosi-cache');
  const hasPackages = existsSync(join(cacheDir, 'packages/.key'));
  return hasPackages && existsSync(trees) && readdirSync(trees).length > 0;
}
