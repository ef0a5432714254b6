// The recorder of one boot of rayosd: structured records in a bounded set of files, markers in a ring
// and to whoever listens. A record that cannot be written (full disk) is counted, never thrown: the
// log must not be what stops the machine.

import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
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
};

export class Recorder implements Disposable {
  readonly bootId = randomUUID();
  /** Every marker, as it happens. */
  readonly marked = new Emitter<MarkerRecord>();
  readonly #markers: Ring<MarkerRecord>;
  readonly #file: string;
  readonly #maxBytes: number;
  readonly #keep: number;
  readonly #start = performance.now();
  #descriptor: number | undefined;
  #bytes = 0;
  #sequence = 0;
  #markerSequence = 0;
  #lost = 0;

  constructor(options: RecorderOptions) {
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
    const record: LogRecord = {
      time: new Date().toISOString(),
      monotonicMs: Math.round(performance.now() - this.#start),
      boot: this.bootId,
      sequence: ++this.#sequence,
      level,
      room,
      event,
      fields,
    };
    this.#write(`${JSON.stringify(record)}\n`);
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
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #open(): void {
    this.#descriptor = openSync(this.#file, 'a', 0o600);
    this.#bytes = fstatSync(this.#descriptor).size;
  }

  #write(line: string): void {
    if (this.#descriptor === undefined) return;
    try {
      if (this.#bytes + line.length > this.#maxBytes) this.#rotate();
      this.#bytes += writeSync(this.#descriptor, line);
      this.#lost = 0;
    } catch {
      this.#lost++;
    }
  }

  #rotate(): void {
    this[Symbol.dispose]();
    for (let n = this.#keep - 1; n >= 1; n--)
      moveIfThere(`${this.#file}.${n}`, `${this.#file}.${n + 1}`);
    moveIfThere(this.#file, `${this.#file}.1`);
    this.#open();
  }
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')) throw thrown;
  }
}
