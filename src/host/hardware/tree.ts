// Reading what the kernel shows as files, bounded: so many entries, so many bytes, and what cannot be read is
// not there. `root` is `/`, or a copy of another machine in a test.

import { constants } from 'node:fs';
import { open, readdir, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';

const maxBytes = 256 * 1024;
const maxEntries = 512;

export class KernelTree {
  readonly #root: string;

  constructor(root = '/') {
    this.#root = root;
  }

  /** Where a path of this tree is on this machine, for readers that take one. */
  pathOf(path: string): string {
    return join(this.#root, path);
  }

  /** The beginning of a file, without white space around it; undefined when it cannot be read or is empty. */
  async text(path: string): Promise<string | undefined> {
    const text = (await this.bytes(path))?.toString('utf8').replaceAll('\0', '').trim();
    return text === '' ? undefined : text;
  }

  /** The beginning of a file. A pipe or a device is not waited for. */
  async bytes(path: string): Promise<Buffer | undefined> {
    try {
      await using file = await open(this.pathOf(path), constants.O_RDONLY | constants.O_NONBLOCK);
      const buffer = Buffer.alloc(maxBytes);
      const { bytesRead } = await file.read(buffer, 0, maxBytes, null);
      return buffer.subarray(0, bytesRead);
    } catch {
      return undefined;
    }
  }

  /** Names in a folder, sorted; none when it is not there. */
  async list(path: string): Promise<readonly string[]> {
    try {
      return (await readdir(this.pathOf(path))).sort().slice(0, maxEntries);
    } catch {
      return [];
    }
  }

  /** The last part of what a link leads to, such as a driver's name. */
  async target(path: string): Promise<string | undefined> {
    try {
      return basename(await readlink(this.pathOf(path)));
    } catch {
      return undefined;
    }
  }

  async has(path: string): Promise<boolean> {
    return (await this.list(path)).length > 0 || (await this.bytes(path)) !== undefined;
  }

  /** The properties that udev has found for a device, such as its name in the database of hardware. */
  async udev(id: string): Promise<ReadonlyMap<string, string>> {
    return parseUdev((await this.text(`run/udev/data/${id}`)) ?? '');
  }
}

/** `E:NAME=value` lines of a file in /run/udev/data. */
export function parseUdev(text: string): ReadonlyMap<string, string> {
  const found = text.matchAll(/^E:([A-Z0-9_]{1,100})=(.{0,1000})$/gm);
  return new Map([...found].map(([, name = '', value = '']) => [name, value]));
}
