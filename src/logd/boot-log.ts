// The records of this machine's boots: on the log partition, and in memory (a file in /run) while that cannot
// be written. What had to wait in memory is brought to the disk by the first record that reaches it.

import { rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { BootRecord } from '../boot/index.ts';
import { type AppendCalls, encodeRecord, RecordFile } from '../boot/index.ts';
import type { Durability } from './messages.ts';

export type BootLogParts = {
  readonly file: string;
  /** Outlives logd, not the machine's boot. */
  readonly volatileFile: string;
  readonly calls?: AppendCalls;
};

export class BootLog {
  readonly #file: string;
  readonly #volatileFile: string;
  readonly #durable: RecordFile;
  readonly #volatile: RecordFile;
  #durability: Durability;

  constructor({ file, volatileFile, calls }: BootLogParts) {
    this.#file = file;
    this.#volatileFile = volatileFile;
    this.#durable = new RecordFile(file, calls === undefined ? {} : { calls });
    this.#volatile = new RecordFile(volatileFile);
    this.#durability = this.#place();
  }

  /** Whether the newest record reached the disk. */
  get durability(): Durability {
    return this.#durability;
  }

  /** Oldest first. What cannot be read is no record. */
  records(): BootRecord[] {
    const [onDisk, inMemory] = [recordsIn(this.#durable), recordsIn(this.#volatile)];
    return [...onDisk, ...without(inMemory, onDisk)];
  }

  /** Keeps a record, on the disk if that can be. Never throws. */
  append(record: BootRecord): Durability {
    try {
      const waiting = this.#volatile.read().records;
      const missing = waiting.length === 0 ? [] : without(waiting, this.#durable.read().records);
      for (const one of [...missing, record]) this.#durable.append(one);
      if (waiting.length > 0) rmSync(this.#volatileFile, { force: true });
      this.#durability = this.#place();
    } catch (thrown) {
      this.#durability = { durable: false, why: wordsOf(thrown) };
      this.#keepInMemory(record);
    }
    return this.#durability;
  }

  #keepInMemory(record: BootRecord): void {
    try {
      this.#volatile.append(record);
    } catch (thrown) {
      this.#durability = { durable: false, why: `${this.#durability.why}; ${wordsOf(thrown)}` };
    }
  }

  /** A log partition that is not mounted leaves a folder of the state partition in its place. */
  #place(): Durability {
    try {
      const folder = dirname(this.#file);
      const isOwn = statSync(folder).dev !== statSync(dirname(folder)).dev;
      return isOwn
        ? { durable: true }
        : { durable: true, why: `${folder} is not on a partition of its own` };
    } catch (thrown) {
      return { durable: false, why: wordsOf(thrown) };
    }
  }
}

function recordsIn(file: RecordFile): readonly BootRecord[] {
  try {
    return file.read().records;
  } catch {
    return [];
  }
}

/** Those of `records` that are not among `others`: a flush that failed half way brought its first ones there. */
function without(records: readonly BootRecord[], others: readonly BootRecord[]): BootRecord[] {
  const known = new Set(others.map((one) => encodeRecord(one).toString()));
  return records.filter((one) => !known.has(encodeRecord(one).toString()));
}

const wordsOf = (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown));
