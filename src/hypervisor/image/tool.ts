// qemu-img on a stranger's image, as the guest's own user: niced, without core files, bounded in memory, and
// ended with rayosd even when that is killed. It gets two descriptors and no right to any folder. What it
// reads is named with its format and without a backing file, so that an image opens nothing but itself.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { RayError } from '../../contracts/index.ts';
import { own, unlessAborted } from '../../foundation/index.ts';
import { asOutcome } from '../cancelled.ts';
import { closeAllOnExec } from '../ffi/descriptors.ts';
import type { DiskFormat } from '../machine/config.ts';

export type ImageUser = { readonly uid?: number | undefined; readonly gid?: number | undefined };

export type ImageWork = ImageUser & {
  readonly signal: AbortSignal;
  /** 0 to 1. */
  onFraction?(fraction: number): void;
};

const maxMemoryBytes = 2 * 1024 ** 3;
const maxWords = 4000;

/** As qemu-img sees the two descriptors; its user must have the right to open the files anew. */
const source = '/proc/self/fd/3';
const target = '/proc/self/fd/4';

/**
 * Makes a qcow2 of what is in an image, which is only read. `from` and `to` are descriptors; the file of `to`
 * belongs to the user. Throws FILE_CORRUPT when qemu-img finds the image damaged, STATE_UNWRITABLE for a full
 * disk, CANCELLED.
 */
export async function importDisk(
  from: number,
  format: DiskFormat,
  to: number,
  work: ImageWork,
): Promise<void> {
  const image = sourceName(format);
  if (format !== 'raw' && format !== 'vpc') await checkDisk(image, from, to, work);
  const { code, words } = await run(
    ['convert', '-p', '-O', 'qcow2', image, target],
    [from, to],
    work,
  );
  if (code !== 0) throw failure(words);
}

/** Status 2 is damage, 3 only wasted room, 63 a format that cannot be checked. */
async function checkDisk(image: string, from: number, to: number, work: ImageWork): Promise<void> {
  const { code, words } = await run(['check', '-q', image], [from, to], work);
  if (code === 2)
    throw new RayError('FILE_CORRUPT', `the disk image is damaged: ${lastLine(words)}`);
  if (code !== 0 && code !== 3 && code !== 63) throw failure(words);
}

/** The image as qemu-img is to open it: as this format, and nothing that it names. */
function sourceName(driver: DiskFormat): string {
  const hasBacking = driver === 'qcow2' || driver === 'vmdk';
  return `json:${JSON.stringify({
    driver,
    'read-only': true,
    ...(hasBacking ? { backing: null } : {}),
    file: { driver: 'file', filename: source },
  })}`;
}

async function run(
  args: readonly string[],
  descriptors: readonly number[],
  work: ImageWork,
): Promise<{ readonly code: number | null; readonly words: string }> {
  const { uid, gid, signal, onFraction } = work;
  signal.throwIfAborted();
  const [program = '', ...rest] = guarded([findTool(), ...args]);
  closeAllOnExec();
  const child = spawn(program, rest, {
    cwd: '/',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'pipe', ...descriptors],
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  });
  await using owned = own(child);
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    words = (words + chunk).slice(-maxWords);
  });
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    const percent = [...chunk.matchAll(/\(\s*([\d.]+)\/100%\)/g)].at(-1)?.[1];
    if (percent !== undefined) onFraction?.(Math.min(1, Number(percent) / 100));
  });
  const closed = new Promise<void>((resolve, reject) => {
    child.once('close', () => resolve());
    child.once('error', reject);
  });
  try {
    await unlessAborted(closed, signal);
    return { code: child.exitCode, words };
  } catch (thrown) {
    throw asOutcome(thrown, signal);
  } finally {
    child.kill('SIGKILL');
    await owned.exited;
  }
}

/** The words of a command, inside util-linux' and coreutils' guards. Each replaces itself by the next. */
function guarded(words: readonly string[]): readonly string[] {
  return [
    ...['/usr/bin/setpriv', '--pdeathsig', 'KILL'],
    ...['/usr/bin/prlimit', '--core=0', `--as=${maxMemoryBytes}`],
    ...['/usr/bin/nice', '-n', '10'],
    ...words,
  ];
}

/** Throws NOT_ON_THIS_HOST. */
function findTool(): string {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin'];
  const found = folders.map((folder) => join(folder, 'qemu-img')).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new RayError('NOT_ON_THIS_HOST', 'disks are made with qemu-img, and there is none here', {
    remedy: 'Install it: apt-get install qemu-utils (other distributions: qemu-img).',
  });
}

function failure(words: string): RayError {
  const line = lastLine(words);
  if (/No space left|Disk quota/i.test(words))
    return new RayError('STATE_UNWRITABLE', 'there is no room for the disk', {
      path: 'the state folder',
    });
  if (/Permission denied/i.test(words)) return new RayError('FILE_UNREADABLE', line);
  return new RayError('FILE_CORRUPT', `qemu-img cannot use it: ${line}`);
}

function lastLine(words: string): string {
  const lines = words.trim().split('\n');
  return (lines.find((line) => /error|could not|cannot/i.test(line)) ?? lines.at(-1) ?? '')
    .replace(/^qemu-img: /, '')
    .replace(/json:\{.*\}/, 'the image')
    .replace(/[^\x20-\x7e]/g, ' ')
    .slice(0, 300);
}

/** Whether that user may open the descriptor's file to read it, by the kernel's own judgement. */
export async function mayRead(fd: number, { uid, gid }: ImageUser): Promise<boolean> {
  closeAllOnExec();
  const child = spawn('/usr/bin/test', ['-r', source], {
    cwd: '/',
    stdio: ['ignore', 'ignore', 'ignore', fd],
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  });
  await using owned = own(child);
  return (await owned.exited).code === 0;
}
