// A recorded disk, played again partition by partition: each lies in a file of its own, as the programs that
// check file systems want it, and only what a moment has changed needs another look.

import { execFile } from 'node:child_process';
import { closeSync, mkdirSync, openSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openDisk } from './disk-reader.ts';
import type { Recording } from './recording.ts';

const run = promisify(execFile);
const mib = 1024 * 1024;

/** A partition, as it was at the moment that has been reached. */
export type Part = {
  readonly label: string;
  /** Raw. To be copied where a program might write to it. */
  readonly file: string;
  readonly handle: number;
  readonly startBytes: number;
  readonly endBytes: number;
};

export class PlayedParts implements Disposable {
  readonly #recording: Recording;
  readonly #parts: readonly Part[];
  #done = 0;

  private constructor(recording: Recording, parts: readonly Part[]) {
    this.#recording = recording;
    this.#parts = parts;
  }

  /**
   * The partitions with these labels, as they are in the image that the disk began with. The last one of the
   * disk reaches to the end of the disk, where it is allowed to grow to.
   */
  static async of(
    recording: Recording,
    labels: readonly string[],
    folder: string,
  ): Promise<PlayedParts> {
    const { image, sizeBytes } = recording;
    if (image === undefined) throw new Error('this disk began blank');
    await using disk = openDisk(image);
    const all = await disk.partitions();
    mkdirSync(folder, { recursive: true });
    const last = Math.max(...all.map(({ startBytes }) => startBytes));
    const parts: Part[] = [];
    for (const label of labels) {
      const { startBytes, sizeBytes: size } = await disk.partition(label);
      const file = join(folder, `${label}.raw`);
      const place = [`skip=${startBytes / mib}`, `count=${Math.ceil(size / mib)}`];
      await run('dd', [
        `if=${image}`,
        `of=${file}`,
        'bs=1M',
        'conv=sparse',
        'status=none',
        ...place,
      ]);
      const endBytes = startBytes === last ? sizeBytes : startBytes + size;
      truncateSync(file, endBytes - startBytes);
      parts.push({ label, file, handle: openSync(file, 'r+'), startBytes, endBytes });
    }
    return new PlayedParts(recording, parts);
  }

  part(label: string): Part {
    const found = this.#parts.find((part) => part.label === label);
    if (found === undefined) throw new Error(`the partition ${label} is not played`);
    return found;
  }

  /** Goes on to the moment after the first `count` writes; the labels of the partitions that it changed. */
  goTo(count: number): ReadonlySet<string> {
    const changed = new Set<string>();
    for (; this.#done < count; this.#done++) {
      const write = this.#recording.writes[this.#done];
      if (write === undefined || write.kind === 'flush') continue;
      const part = this.#parts.find(
        ({ startBytes, endBytes }) =>
          startBytes <= write.offsetBytes && write.offsetBytes < endBytes,
      );
      if (part === undefined) continue;
      this.#recording.put(part.handle, write, part.startBytes);
      changed.add(part.label);
    }
    return changed;
  }

  [Symbol.dispose](): void {
    for (const { handle } of this.#parts) closeSync(handle);
  }
}
