// Disks of guests that do not run: made, copied, enlarged, and their internal snapshots, by qemu-img. A disk
// appears under its name only when it is whole and durable.

import { chmodSync, closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { RayError } from '../../contracts/index.ts';
import { sleep, syncDirectory } from '../../foundation/index.ts';
import { runTool } from '../probe/tool.ts';
import { trustedHeader } from './qcow2.ts';

/** The read-only image that a disk begins with. */
export type DiskBase = { readonly file: string; readonly format: 'qcow2' | 'raw' };

export type DiskFile = { readonly file: string; readonly base?: DiskBase | undefined };

/** For what writes no disk that a guest has already. What does is never ended half way, however slow the disk. */
const limitMs = 30_000;
const copyLimitMs = 30 * 60_000;
const tool = 'qemu-img';
const lockedMs = 10_000;
const lockedRetryMs = 100;

/** Makes an empty disk, or one that begins as `base` is. Throws STATE_UNWRITABLE, QEMU_UNSUITABLE. */
export async function createDisk(
  { file, base }: DiskFile,
  virtualBytes: number,
  signal: AbortSignal,
): Promise<void> {
  const backing = base === undefined ? [] : ['-b', base.file, '-F', base.format];
  await publish(file, (temporary) =>
    run(['create', '-q', '-f', 'qcow2', ...backing, temporary, String(virtualBytes)], signal),
  );
}

/** Copies a disk without its snapshots; what it shares with its base stays shared. */
export async function copyDisk(from: DiskFile, to: string, signal: AbortSignal): Promise<void> {
  trustedHeader(from.file, from.base?.file);
  const backing = from.base === undefined ? [] : ['-B', from.base.file, '-F', from.base.format];
  await publish(to, (temporary) =>
    run(
      ['convert', '-q', '-f', 'qcow2', '-O', 'qcow2', ...backing, from.file, temporary],
      signal,
      copyLimitMs,
    ),
  );
}

/** Enlarges a disk. */
export async function resizeDisk(
  { file, base }: DiskFile,
  virtualBytes: number,
  signal: AbortSignal,
): Promise<void> {
  trustedHeader(file, base?.file);
  await run(['resize', '-q', '-f', 'qcow2', file, String(virtualBytes)], signal);
  sync(file);
}

/** Takes (`-c`), applies (`-a`) or deletes (`-d`) an internal snapshot. */
export async function snapshotDisk(
  { file, base }: DiskFile,
  verb: 'take' | 'apply' | 'delete',
  name: string,
  signal: AbortSignal,
): Promise<void> {
  trustedHeader(file, base?.file);
  const letter = { take: '-c', apply: '-a', delete: '-d' }[verb];
  await run(['snapshot', '-q', letter, name, file], signal);
  sync(file);
}

/** Names of the internal snapshots of a disk; `isShared`: also of one that a QEMU has open. */
export async function snapshotsOf(
  { file, base }: DiskFile,
  signal: AbortSignal,
  isShared = false,
): Promise<string[]> {
  trustedHeader(file, base?.file);
  const shared = isShared ? ['-U'] : [];
  const out = await run(['info', ...shared, '--output=json', '-f', 'qcow2', file], signal);
  const info = JSON.parse(out) as { snapshots?: { name?: unknown }[] };
  return (info.snapshots ?? []).map(({ name }) => String(name));
}

async function publish(file: string, make: (temporary: string) => Promise<unknown>): Promise<void> {
  const temporary = `${file}.tmp`;
  rmSync(temporary, { force: true });
  try {
    await make(temporary);
    chmodSync(temporary, 0o600);
    sync(temporary);
    renameSync(temporary, file);
    syncDirectory(dirname(file));
  } finally {
    rmSync(temporary, { force: true });
  }
}

function sync(file: string): void {
  const descriptor = openSync(file, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * A disk may be held for a moment more by the qemu-img of a rayosd that was killed: one that changes a disk
 * is left to end by itself, since half a change is worse, and waited for here.
 */
async function runUnlocked(args: readonly string[], signal: AbortSignal, withinMs: number) {
  const isChange = args[0] === 'snapshot' || args[0] === 'resize';
  const words = isCopy(args)
    ? ['/usr/bin/setpriv', '--pdeathsig', 'KILL', tool, ...args]
    : [tool, ...args];
  const deadline = performance.now() + lockedMs;
  for (;;) {
    const [program = tool, ...rest] = words;
    const done = await runTool(
      program,
      rest,
      { signal, detached: isChange },
      isChange ? undefined : withinMs,
    );
    const isLocked = done.code !== 0 && /Failed to (get|lock)/.test(done.stderr);
    if (!isLocked || performance.now() > deadline) return done;
    await sleep(lockedRetryMs, signal);
  }
}

/** What writes to a file that is not under its name yet: worth nothing without us. */
function isCopy([verb]: readonly string[]): boolean {
  return verb === 'create' || verb === 'convert';
}

async function run(
  args: readonly string[],
  signal: AbortSignal,
  withinMs = limitMs,
): Promise<string> {
  const { code, stdout, stderr } = await runUnlocked(args, signal, withinMs);
  if (code === 0) return stdout.toString('utf8');
  if (code === 127)
    throw new RayError('QEMU_UNSUITABLE', 'qemu-img is not here', { packages: 'qemu-utils' });
  const said = stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
  if (/no space|quota/i.test(said))
    throw new RayError('STATE_UNWRITABLE', `the disk has no room: ${said}`, {
      path: dirname(args.at(-1) ?? '/'),
    });
  throw new RayError('GUEST_CANNOT', `qemu-img ${args[0]} did not do it: ${said}`, {
    remedy: "See that the disk's file is whole and that there is room.",
  });
}
