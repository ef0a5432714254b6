// A boot whose block writes were recorded, looked at as if the power had been cut at any moment of it: what
// the disk's file systems hold there, which entries and records there are, and what is decided from them.

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  type BootEntry,
  type BootRecord,
  type Decision,
  decide,
  decodeRecords,
  parseEntryName,
} from '../../src/boot/index.ts';
import { openDisk, toolEnv } from '../machine/disk-reader.ts';
import { PlayedParts } from '../machine/parts.ts';
import type { Recording } from '../machine/recording.ts';
import { entriesFolder, recordsFile } from './evidence.ts';

const run = promisify(execFile);
const labels = { esp: 'esp', log: 'rayos-log', state: 'rayos-state' } as const;

/** The disk at one moment. */
export type Moment = {
  /** After so many writes. */
  readonly writes: number;
  /** Names on the ESP, where entries are. */
  readonly names: readonly string[];
  readonly records: readonly BootRecord[];
  readonly decision: Decision;
  /** What a check of the ESP found to say; '' for nothing. A VFAT has no journal. */
  readonly espComplaint: string;
};

export type Slots = readonly [string | undefined, string | undefined];

export type MomentOptions = {
  readonly signal?: AbortSignal;
  /** The state is not looked at: that takes most of the time. */
  readonly withoutState?: boolean;
};

/** Goes through these moments in order. Throws where a file system is not one that a mount would mend. */
export async function* moments(
  recording: Recording,
  counts: readonly number[],
  slots: Slots,
  { signal, withoutState = false }: MomentOptions = {},
): AsyncGenerator<Moment> {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-played-'));
  try {
    using parts = await PlayedParts.of(recording, Object.values(labels), folder);
    const copy = join(folder, 'copy.raw');
    let esp = await lookAtEsp(parts.part(labels.esp).file);
    let records: readonly BootRecord[] = [];
    for (const writes of counts) {
      signal?.throwIfAborted();
      const changed = parts.goTo(writes);
      if (changed.has(labels.esp)) esp = await lookAtEsp(parts.part(labels.esp).file);
      if (changed.has(labels.log)) {
        await run('cp', ['--sparse=always', parts.part(labels.log).file, copy]);
        records = await lookAtLog(copy, writes);
      }
      if (changed.has(labels.state) && !withoutState)
        await checkState(parts.part(labels.state).file, writes);
      const { entries, names, complaint } = esp;
      const facts = { entries, slots, records, snapshots: [], isPastDeadline: false };
      yield { writes, names, records, decision: decide(facts), espComplaint: complaint };
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function lookAtEsp(file: string) {
  await using disk = openDisk(file);
  const names = await disk.fatFolder(entriesFolder);
  const entries: BootEntry[] = names
    .map((name) => parseEntryName(name))
    .filter((entry) => entry !== undefined);
  // -n: nothing is written. It ends with 1 when it found something.
  const complaint = await run('fsck.vfat', ['-n', file], { env: toolEnv() }).then(
    () => '',
    (thrown: { readonly code?: number; readonly stdout?: string }) => {
      if (thrown.code !== 1) throw thrown;
      return thrown.stdout ?? '';
    },
  );
  return { names, entries, complaint };
}

async function lookAtLog(copy: string, writes: number): Promise<readonly BootRecord[]> {
  // -p mends only what is safe to mend; status 1: it did. A replayed journal is that.
  await run('e2fsck', ['-f', '-p', copy], { env: toolEnv() }).catch(
    (thrown: { readonly code?: number; readonly stdout?: string }) => {
      if (thrown.code !== 1)
        throw new Error(`after ${writes} writes the log's file system is broken: ${thrown.stdout}`);
    },
  );
  await using disk = openDisk(copy);
  const bytes = await disk.extFile(recordsFile).catch(() => Buffer.alloc(0));
  const { records, damaged } = decodeRecords(bytes);
  if (damaged > 0) throw new Error(`after ${writes} writes ${damaged} records are damaged`);
  return records;
}

async function checkState(file: string, writes: number): Promise<void> {
  await run('btrfs', ['check', '--readonly', file], { env: toolEnv() }).catch(
    (thrown: { readonly stderr?: string }) => {
      throw new Error(`after ${writes} writes the state is broken: ${thrown.stderr}`);
    },
  );
}
