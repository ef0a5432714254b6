// QEMU's own log, by its descriptor: what QEMU said since it was started, for a sentence about its end.

import { closeSync, fstatSync, openSync, readlinkSync, readSync } from 'node:fs';

const maxBytes = 2000;

/** Where the next line will be written. */
export function logPosition(fd: number): number {
  return fstatSync(fd).size;
}

export function pathOf(fd: number): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}

/** The last lines that were written after `start`, joined; empty when there are none. */
export function lastWords(fd: number, start: number): string {
  try {
    // Opened again, since the log's own descriptor may be for writing only.
    const reader = openSync(`/proc/self/fd/${fd}`, 'r');
    try {
      const { size } = fstatSync(reader);
      const from = Math.max(start, size - maxBytes);
      const bytes = Buffer.alloc(Math.max(0, size - from));
      readSync(reader, bytes, 0, bytes.length, from);
      return tidy(bytes.toString());
    } finally {
      closeSync(reader);
    }
  } catch {
    return '';
  }
}

/** The last five lines without QEMU's time stamps. */
function tidy(text: string): string {
  const lines = text.split('\n').map((line) => line.replace(/^[\d-]+T[\d:.]+Z /, '').trim());
  return lines
    .filter((line) => line !== '')
    .slice(-5)
    .join('; ');
}
