// One boot record and its form on disk. A record is framed as RS, checksum, JSON, LF (the frame of RFC 7464,
// with a CRC-32 in front): JSON never holds an RS or LF of its own, so the next record is found whatever
// happened to this one.

import { crc32 } from 'node:zlib';

export const stages = ['KERNEL', 'SUBSYSTEMS', 'SHELL', 'GOLDEN'] as const;
export type Stage = (typeof stages)[number];
const ends = ['STOPPED', 'DEADLINE'] as const;
export type BootEvent = Stage | (typeof ends)[number];

export type BootRecord = {
  /** What was reached; STOPPED is a clean end, DEADLINE one because GOLDEN did not come in time. */
  readonly event: BootEvent;
  /** UTC in ISO 8601. The clock of a machine may be wrong: the order in the file is the order in time. */
  readonly time: string;
  /** Since the kernel started. */
  readonly monotonicMs: number;
  readonly bootId: string;
  readonly version: string;
  /** File name of the entry that was started; '' where there is none (hosted). */
  readonly entry: string;
  /** Why, in words. */
  readonly reason: string;
};

const start = 0x1e;
const end = 0x0a;
const longestText = 512;
// biome-ignore lint/suspicious/noControlCharactersInRegex: RS is what a frame begins with.
const frameForm = /^\x1e([0-9a-f]{8}) (\{.*\})\n$/;

/** The bytes of a record. Texts that are too long are cut. */
export function encodeRecord(record: BootRecord): Buffer {
  const { event, monotonicMs } = record;
  const [time, bootId, version, entry, reason] = (
    ['time', 'bootId', 'version', 'entry', 'reason'] as const
  ).map((key) => record[key].toWellFormed().slice(0, longestText).toWellFormed());
  const json = JSON.stringify({ event, time, monotonicMs, bootId, version, entry, reason });
  return Buffer.from(`\x1e${checksum(json)} ${json}\n`);
}

/** What was read, and how many records were damaged. `soundBytes` ends after the last LF: more is a torn tail. */
export type ReadRecords = {
  readonly records: readonly BootRecord[];
  readonly damaged: number;
  readonly soundBytes: number;
};

/** Reads all that is sound. Never throws; a damaged record costs itself only. */
export function decodeRecords(bytes: Buffer): ReadRecords {
  const records: BootRecord[] = [];
  let damaged = 0;
  const soundBytes = bytes.lastIndexOf(end) + 1;
  for (let at = 0; at < soundBytes; ) {
    const next = nextStart(bytes, at + 1, soundBytes);
    // It ends with its LF; what follows up to the next RS was a record whose RS is gone.
    const lineFeed = bytes.subarray(at, next).indexOf(end);
    const stop = lineFeed === -1 ? next : at + lineFeed + 1;
    const record = decode(bytes.subarray(at, stop).toString());
    if (record) records.push(record);
    else damaged++;
    if (stop < next) damaged++;
    at = next;
  }
  return { records, damaged, soundBytes };
}

function nextStart(bytes: Buffer, from: number, limit: number): number {
  const found = bytes.indexOf(start, from);
  return found === -1 || found > limit ? limit : found;
}

function decode(frame: string): BootRecord | undefined {
  const [, sum, json] = frameForm.exec(frame) ?? [];
  if (json === undefined || checksum(json) !== sum) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a value from outside is a record; what else it holds is not looked at. */
export function isRecord(value: unknown): value is BootRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { event, time, monotonicMs, bootId, version, entry, reason } = value as Partial<BootRecord>;
  return (
    [...stages, ...ends].some((one) => one === event) &&
    typeof monotonicMs === 'number' &&
    [time, bootId, version, entry, reason].every((text) => typeof text === 'string')
  );
}

const checksum = (text: string) => crc32(text).toString(16).padStart(8, '0');
