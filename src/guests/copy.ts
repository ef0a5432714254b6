// Copies into a guest's folder. A file appears under its name only when it is whole and durable; originals
// are opened for reading and nothing else.

import {
  closeSync,
  createReadStream,
  createWriteStream,
  fchownSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { RayError } from '../contracts/index.ts';
import { syncDirectory } from '../foundation/index.ts';
import {
  type DiskFormat,
  espLayout,
  type ImageWork,
  importDisk,
  mayRead,
  openFile,
} from '../hypervisor/index.ts';

/** Copies a file. Throws FILE_UNREADABLE, STATE_UNWRITABLE, CANCELLED. */
export async function copyWhole(
  from: string,
  to: string,
  mode: number,
  work: ImageWork,
): Promise<void> {
  await publish(to, mode, (temporary) => copyInto(from, temporary, 0, work));
}

/**
 * Makes a qcow2 of an image, in a process of the guest's user. An image that only RayOS may read is copied
 * for that user first, and the copy removed.
 */
export async function importFile(
  from: string,
  format: DiskFormat,
  to: string,
  work: ImageWork,
): Promise<void> {
  const source = await openFile(from);
  try {
    if (await mayRead(source.fd, work)) return await convert(source.fd, format, to, work);
  } finally {
    await source.close();
  }
  const copy = `${to}.import`;
  try {
    await copyWhole(from, copy, 0o644, work);
    const fd = openSync(copy, 'r');
    try {
      await convert(fd, format, to, work);
    } finally {
      closeSync(fd);
    }
  } finally {
    rmSync(copy, { force: true });
  }
}

/** Writes a disk that starts an EFI application. */
export async function writeEsp(application: string, to: string, work: ImageWork): Promise<void> {
  const file = await openFile(application);
  const { size } = await file.stat();
  await file.close();
  const layout = espLayout(size);
  await publish(to, 0o644, async (temporary) => {
    const fd = openSync(temporary, 'r+');
    try {
      writeSync(fd, layout.head);
      ftruncateSync(fd, layout.totalBytes);
    } finally {
      closeSync(fd);
    }
    await copyInto(application, temporary, layout.fileAt, work, size);
  });
}

/** The target is the guest's user's while it is written, and RayOS's own from then on. */
async function convert(
  from: number,
  format: DiskFormat,
  to: string,
  work: ImageWork,
): Promise<void> {
  await publish(to, 0o600, async (temporary) => {
    const { uid, gid = uid } = work;
    const fd = openSync(temporary, 'r+');
    try {
      if (uid !== undefined && gid !== undefined) fchownSync(fd, uid, gid);
      await importDisk(from, format, fd, work);
      if (uid !== undefined) fchownSync(fd, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
    } finally {
      closeSync(fd);
    }
  });
}

async function publish(
  file: string,
  mode: number,
  make: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = `${file}.tmp`;
  try {
    closeSync(openSync(temporary, 'wx', mode));
    await make(temporary);
    const fd = openSync(temporary, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, file);
    syncDirectory(dirname(file));
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (code !== 'ENOSPC' && code !== 'EDQUOT') throw thrown;
    throw new RayError('STATE_UNWRITABLE', 'there is no room for it', { path: dirname(file) });
  } finally {
    rmSync(temporary, { force: true });
  }
}

async function copyInto(
  from: string,
  to: string,
  at: number,
  { signal, onFraction }: ImageWork,
  most = Number.MAX_SAFE_INTEGER,
): Promise<void> {
  const file = await openFile(from);
  const size = Math.min((await file.stat()).size, most);
  if (size === 0) return await file.close();
  let done = 0;
  const source = createReadStream('', { fd: file, highWaterMark: 1024 * 1024, end: size - 1 });
  source.on('data', (chunk) => {
    done += chunk.length;
    onFraction?.(done / size);
  });
  const target = createWriteStream(to, { flags: 'r+', start: at });
  await pipeline(source, target, { signal });
}
