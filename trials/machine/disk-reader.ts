// Reads and changes files of a disk without mounting it: FAT by mtools, ext4 by debugfs.

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type OwnFolder, ownFolder } from './own-folder.ts';
import { type Partition, parsePartitions } from './partitions.ts';

const run = promisify(execFile);
const maxBytes = 256 * 1024 * 1024;

export class DiskReader implements AsyncDisposable {
  readonly #folder: OwnFolder;
  /** The disk as a raw image. */
  readonly raw: string;

  constructor(folder: OwnFolder, raw: string) {
    this.#folder = folder;
    this.raw = raw;
  }

  /** The partitions, in order of their number. Throws when there is no partition table. */
  async partitions(): Promise<Partition[]> {
    const { stdout } = await run('sfdisk', ['--json', this.raw], { env: toolEnv() });
    return parsePartitions(stdout);
  }

  /** The partition with this label, or of the type `esp`. */
  async partition(which: string): Promise<Partition> {
    const all = await this.partitions();
    const found = all.find(({ label, isEsp }) => label === which || (which === 'esp' && isEsp));
    if (found !== undefined) return found;
    const labels = all.map(({ label }) => label).join(', ');
    throw new Error(`there is no partition ${which} (there are: ${labels})`);
  }

  /** A file of a FAT file system; without a partition, of the whole disk. */
  async fatFile(path: string, partition?: Partition): Promise<Buffer> {
    const args = ['-i', this.#at(partition), `::${path}`, '-'];
    const { stdout } = await run('mcopy', args, {
      encoding: 'buffer',
      maxBuffer: maxBytes,
      env: toolEnv(),
    });
    return stdout;
  }

  /** Copies a file of a FAT file system to `target`. */
  async takeFatFile(path: string, target: string, partition?: Partition): Promise<void> {
    await run('mcopy', ['-n', '-i', this.#at(partition), `::${path}`, target], { env: toolEnv() });
  }

  /** Writes a file into a FAT file system; one that is there by this name is replaced. */
  async putFatFile(source: string, path: string, partition?: Partition): Promise<void> {
    await run('mcopy', ['-o', '-i', this.#at(partition), source, `::${path}`], { env: toolEnv() });
  }

  async renameFatFile(from: string, to: string, partition?: Partition): Promise<void> {
    await run('mren', ['-i', this.#at(partition), `::${from}`, `::${to}`], { env: toolEnv() });
  }

  /** The names in a folder of a FAT file system, with folders ending in `/`. */
  async fatFolder(path: string, partition?: Partition): Promise<string[]> {
    const args = ['-b', '-i', this.#at(partition), `::${path}`];
    const { stdout } = await run('mdir', args, { env: toolEnv() });
    return stdout
      .split('\n')
      .filter((line) => line.startsWith('::'))
      .map((line) => line.replace(/^::\/?/, '').slice(path.replace(/^\//, '').length))
      .map((name) => name.replace(/^\//, ''))
      .sort();
  }

  /** A file of an ext2, 3 or 4 file system, after its journal has been replayed, as a mount would. */
  async extFile(path: string, partition?: Partition): Promise<Buffer> {
    const out = join(mkdtempSync(join(this.#folder.path, 'file-')), 'content');
    const device = `${this.raw}?offset=${partition?.startBytes ?? 0}`;
    // 0: clean; 1: replayed. Whatever else there is shows when the file is read.
    await run('e2fsck', ['-y', '-E', 'journal_only', device], { env: toolEnv() }).catch(() => {});
    const quoted = `"${path.replaceAll('"', '""')}"`;
    const { stderr } = await run('debugfs', ['-R', `dump ${quoted} ${out}`, device], {
      env: toolEnv(),
    });
    try {
      return readFileSync(out);
    } catch {
      throw new Error(`there is no ${path}: ${stderr}`);
    }
  }

  /** A place in a disk, in the words of mtools. */
  #at(partition?: Partition): string {
    return `${this.raw}@@${partition?.startBytes ?? 0}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#folder[Symbol.dispose]();
  }
}

/** A raw disk as it lies there; what is changed is changed. */
export function openDisk(raw: string): DiskReader {
  return new DiskReader(ownFolder('rayos-disk'), raw);
}

/** A copy of the disk, to be read, or changed. */
export async function readDisk(file: string, format: 'raw' | 'qcow2'): Promise<DiskReader> {
  const folder = ownFolder('rayos-disk');
  try {
    const raw = join(folder.path, 'disk.raw');
    await run('qemu-img', ['convert', '-f', format, '-O', 'raw', file, raw]);
    return new DiskReader(folder, raw);
  } catch (thrown) {
    folder[Symbol.dispose]();
    throw thrown;
  }
}

/** Tools of file systems lie where only root looks; mtools reads no settings of this machine's user. */
export function toolEnv(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin`, MTOOLS_SKIP_CHECK: '1' };
}
