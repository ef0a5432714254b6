// What this machine can run guests with: QEMU, found and checked; the accelerator, proven by a guest.

import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Probe } from '../../contracts/index.ts';
import { asOutcome } from '../cancelled.ts';
import { cacheKey, readCache, writeCache } from './cache.ts';
import { missing, readCapabilities, unsuitable } from './capabilities.ts';
import { proveAccelerator } from './proof.ts';
import type { RunAs } from './tool.ts';

export type ProbeOptions = {
  /** Default: RAYOS_QEMU, or qemu-system-x86_64 of the PATH. */
  readonly binary?: string;
  readonly cacheDir: string;
  /** Ask again, whatever is kept. */
  readonly fresh?: boolean;
  /**
   * The user and group that guests run as: KVM is proven as this user, since that root may open /dev/kvm
   * is of no use to them. Default for root: nobody's, for others their own.
   */
  readonly uid?: number;
  readonly gid?: number;
  readonly signal?: AbortSignal;
};

const qemu = 'qemu-system-x86_64';
const nobody = 65534;
const kvm = '/dev/kvm';

/** Throws QEMU_MISSING, QEMU_TOO_OLD, QEMU_UNSUITABLE, TIMED_OUT, CANCELLED. */
export async function probeHypervisor(options: ProbeOptions): Promise<Probe> {
  try {
    return await probe(options);
  } catch (thrown) {
    throw asOutcome(thrown, options.signal);
  }
}

async function probe(options: ProbeOptions): Promise<Probe> {
  const binary = options.binary ?? findQemu();
  const runAs = userOf(options);
  const key = cacheKey(binary, runAs);
  const kept = options.fresh === true ? undefined : readCache(options.cacheDir, key);
  if (kept !== undefined) return { ...kept, cached: true };
  const capabilities = await readCapabilities(binary, runAs);
  const accelerator = await chooseAccelerator(binary, runAs);
  const answer: Probe = {
    binary,
    ...capabilities,
    displayDbus: true,
    ...accelerator,
    cached: false,
  };
  writeCache(options.cacheDir, key, answer);
  return answer;
}

function userOf({ uid, gid, signal }: ProbeOptions): RunAs {
  if (uid === undefined && process.getuid?.() !== 0) return { signal };
  return { uid: uid ?? nobody, gid: gid ?? uid ?? nobody, signal };
}

async function chooseAccelerator(
  binary: string,
  runAs: RunAs,
): Promise<Pick<Probe, 'accelerator' | 'why'>> {
  const first = existsSync(kvm) ? await tryKvm(binary, runAs) : `there is no ${kvm} here`;
  if (typeof first !== 'string') return first;
  const proof = await proveAccelerator(binary, 'tcg', runAs);
  if (!proof.works)
    throw unsuitable(binary, `software emulation that works (the proof guest: ${proof.why})`);
  return {
    accelerator: 'tcg',
    why: `${first}; guests run in software emulation, which is slower but passed the same proof`,
  };
}

/** The choice of KVM, or why not. */
async function tryKvm(
  binary: string,
  runAs: RunAs,
): Promise<Pick<Probe, 'accelerator' | 'why'> | string> {
  const proof = await proveAccelerator(binary, 'kvm', runAs);
  if (proof.works)
    return {
      accelerator: 'kvm',
      why: `the proof guest ran on ${kvm} in ${Math.round(proof.ms)} ms`,
    };
  const user = runAs.uid === undefined ? '' : ` (as user ${runAs.uid}, as guests would)`;
  return `${kvm} is there, but the proof guest did not run on it${user}: ${proof.why}`;
}

function findQemu(): string {
  const chosen = process.env.RAYOS_QEMU || undefined;
  const name = chosen ?? qemu;
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin'];
  const candidates = name.includes('/') ? [name] : folders.map((folder) => join(folder, name));
  const found = candidates.find(isProgram);
  if (found !== undefined) return found;
  if (chosen === undefined) throw missing(`there is no ${qemu} on this machine`);
  throw missing(`RAYOS_QEMU names ${chosen}, which is no program`);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
