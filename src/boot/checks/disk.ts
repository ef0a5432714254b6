// What RayOS keeps, and the room for it. A full disk is no fault of the image: it is told, and lived with.

import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurable } from '../../foundation/durable.ts';
import { bad, type Check, degraded, good } from '../check.ts';

const mib = 1024 * 1024;
/** Less than both: the disk is nearly full. */
const scarceBytes = 1024 * mib;
const scarceShare = 0.1;

export type DiskCalls = {
  readonly write: (file: string) => void;
  readonly room: (folder: string) => { readonly free: number; readonly size: number };
};

const systemCalls: DiskCalls = {
  write: (file) => writeDurable(file, `${new Date().toISOString()}\n`),
  room: (folder) => {
    const { bavail, blocks, bsize } = statfsSync(folder);
    return { free: bavail * bsize, size: blocks * bsize };
  },
};

export function stateCheck(folder: string, calls: DiskCalls = systemCalls): Check {
  return {
    name: 'state',
    asks: 'what RayOS keeps can be written',
    ask: () => {
      try {
        calls.write(join(folder, '.boot-check'));
        return good(`${folder} can be written`);
      } catch (thrown) {
        const words = thrown instanceof Error ? thrown.message : String(thrown);
        return isFull(thrown) ? degraded(`the disk is full: ${words}`) : bad(words);
      }
    },
  };
}

export function diskRoomCheck(folder: string, calls: DiskCalls = systemCalls): Check {
  return {
    name: 'disk',
    asks: 'there is room on the disk',
    ask: () => {
      const { free, size } = calls.room(folder);
      const words = `${Math.round(free / mib)} MiB of ${Math.round(size / mib)} are free`;
      return free < scarceBytes && free < size * scarceShare
        ? degraded(`the disk is nearly full: ${words}`)
        : good(words);
    },
  };
}

function isFull(thrown: unknown): boolean {
  for (let one = thrown; one instanceof Error; one = one.cause)
    if ('code' in one && (one.code === 'ENOSPC' || one.code === 'EDQUOT')) return true;
  return false;
}
