// The recorder of one boot of rayosd: structured records in a bounded set of files, markers in a ring
// and to whoever listens. A record that cannot be written (full disk) is counted, never thrown: the
// log must not be what stops the machine. Every record tries again, and the first that can be written
// follows one that says how many were lost.

import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import {
  formatMarker,
  type MarkerArguments,
  type MarkerName,
  type MarkerRecord,
} from '../contracts/index.ts';
import { Emitter, makeDirectory, Ring } from '../foundation/index.ts';

export type Level = 'debug' | 'info' | 'warning' | 'error';
export type Fields = Readonly<Record<string, string | number | boolean | null>>;

/** One line of the log file, as JSON. `monotonicMs` counts from the recorder's start. */
export type LogRecord = {
  readonly time: string;
  readonly monotonicMs: number;
  readonly boot: string;
  readonly sequence: number;
  readonly level: Level;
  readonly room: string;
  readonly event: string;
  readonly fields: Fields;
};

export type Mark = <N extends MarkerName>(name: N, args: MarkerArguments<N>) => void;

export type RecorderOptions = {
  readonly file: string;
  /** A full file is moved aside at this size. */
  readonly maxBytes?: number;
  /** How many moved files are kept. */
  readonly keep?: number;
  readonly markersKept?: number;
  /** The boot of the machine, where RayOS is what boots it; otherwise this run has an id of its own. */
  readonly bootId?: string;
};

export class Recorder implements Disposable {
  readonly bootId: string;
  /** Every marker, as it happens. */
  readonly marked = new Emitter<MarkerRecord>();
  readonly #markers: Ring<MarkerRecord>;
  readonly #file: string;
  readonly #maxBytes: number;
  readonly #keep: number;
  readonly #start = performance.now();
  #descriptor: number | undefined;
  #isClosed = false;
  #bytes = 0;
  #sequence = 0;
  #markerSequence = 0;
  #lost = 0;

  constructor(options: RecorderOptions) {
    this.bootId = options.bootId ?? randomUUID();
    this.#file = options.file;
    this.#maxBytes = options.maxBytes ?? 8 * 1024 * 1024;
    this.#keep = options.keep ?? 4;
    this.#markers = new Ring(options.markersKept ?? 4096);
    makeDirectory(dirname(options.file));
    this.#open();
  }

  /** Records that could not be written since the last one that could. */
  get lost(): number {
    return this.#lost;
  }

  /** Writes one record. Never throws. */
  record(level: Level, room: string, event: string, fields: Fields = {}): void {
    if (this.#isClosed) return;
    if (this.#lost > 0 && this.#append('warning', 'log', 'lost', { records: this.#lost }))
      this.#lost = 0;
    if (this.#lost === 0 && this.#append(level, room, event, fields)) return;
    this.#lost++;
    this.#sequence++; // a gap in the file: what was lost has had its number
  }

  /** States a fact: into the log, the ring, and to listeners. */
  readonly mark: Mark = (name, args) => {
    const line = formatMarker(name, args);
    const record: MarkerRecord = {
      sequence: ++this.#markerSequence,
      time: new Date().toISOString(),
      name,
      line,
      arguments: { ...args },
    };
    this.#markers.push(record);
    this.record('info', name.split(':')[0]?.toLowerCase() ?? '', line);
    this.marked.emit(record);
  };

  /** Markers kept in memory whose sequence is greater than `since`, oldest first. */
  markersSince(since = 0): MarkerRecord[] {
    return [...this.#markers].filter((marker) => marker.sequence > since);
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#close();
  }

  /** Whether the record is in the file. */
  #append(level: Level, room: string, event: string, fields: Fields): boolean {
    const record: LogRecord = {
      time: new Date().toISOString(),
      monotonicMs: Math.round(performance.now() - this.#start),
      boot: this.bootId,
      sequence: this.#sequence + 1,
      level,
      room,
      event,
      fields,
    };
    try {
      this.#write(Buffer.from(`${JSON.stringify(record)}\n`));
    } catch {
      return false;
    }
    this.#sequence++;
    return true;
  }

  #write(line: Buffer): void {
    let descriptor = this.#descriptor ?? this.#open();
    if (this.#bytes > 0 && this.#bytes + line.length > this.#maxBytes) descriptor = this.#rotate();
    if (writeSync(descriptor, line) < line.length) {
      ftruncateSync(descriptor, this.#bytes); // half a record would spoil the next one too
      throw new Error('the disk took only a part');
    }
    this.#bytes += line.length;
  }

  #open(): number {
    const descriptor = openSync(this.#file, 'a', 0o600);
    this.#descriptor = descriptor;
    this.#bytes = fstatSync(descriptor).size;
    return descriptor;
  }

  #close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  /** Moves each file up by one, as far as the first free name: a rotation that failed halfway goes on there. */
  #rotate(): number {
    const nth = (n: number) => `${this.#file}.${n}`;
    this.#close();
    let free = 1;
    while (free < this.#keep && existsSync(nth(free))) free++;
    for (let n = free - 1; n >= 1; n--) moveIfThere(nth(n), nth(n + 1));
    moveIfThere(this.#file, nth(1));
    return this.#open();
  }
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')) throw thrown;
  }
}
