// The probe's answer, kept while nothing changes that it depends on: this boot of this machine, the QEMU
// binary, the user that guests run as, and who may use /dev/kvm.

import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { Value } from 'typebox/value';
import { Probe } from '../../contracts/index.ts';
import { makeDirectory, readIfThere, writeDurable } from '../../foundation/index.ts';
import type { RunAs } from './tool.ts';

const fileName = 'probe.json';

/** Changes with everything that the answer depends on. */
export function cacheKey(binary: string, { uid, gid }: RunAs): string {
  const facts = [
    readTrimmed('/proc/sys/kernel/random/boot_id'),
    release(),
    cpus()[0]?.model ?? '',
    binary,
    statusOf(binary),
    statusOf('/dev/kvm'),
    uid ?? process.getuid?.() ?? '',
    gid ?? process.getgid?.() ?? '',
  ];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

/** The kept answer for `key`; undefined when there is none, or nothing that can be read. */
export function readCache(cacheDir: string, key: string): Probe | undefined {
  try {
    const kept: unknown = JSON.parse(readIfThere(join(cacheDir, fileName)) ?? '');
    if (typeof kept !== 'object' || kept === null || !('key' in kept) || !('probe' in kept))
      return undefined;
    return kept.key === key && Value.Check(Probe, kept.probe) ? kept.probe : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps an answer. A cache that cannot be written costs the next probe a second, and nothing else. */
export function writeCache(cacheDir: string, key: string, probe: Probe): void {
  try {
    makeDirectory(cacheDir, 0o755);
    writeDurable(join(cacheDir, fileName), `${JSON.stringify({ key, probe }, undefined, 2)}\n`);
  } catch {
    // Said above.
  }
}

function statusOf(path: string): string {
  try {
    const { ino, size, mtimeMs, mode, uid, gid } = statSync(path);
    // A device's times change with its use.
    return JSON.stringify([ino, size, path.startsWith('/dev/') ? 0 : mtimeMs, mode, uid, gid]);
  } catch {
    return 'none';
  }
}

function readTrimmed(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
