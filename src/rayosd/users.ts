// Whom rayosd starts programs as, and what holds them. None of these is anybody else on the machine.

import { canBecome } from '../foundation/index.ts';
import { kvmGroup } from '../guests/index.ts';
import { Scopes } from '../host/index.ts';

/** The first user of framers; the next ones are below it, guests' users above. */
const framers = 1_899_999_999;
/** Whom QEMU is proven as where RayOS is not root: as guests, a user without any right. */
const provenAs = 1_899_998_500;
/** Measured: 63 MiB with one screen; as much again for each of three more, and for pictures of 4K. */
const framerMemoryBytes = 768 * 2 ** 20;
const framerProcesses = 64;

type Ids = { readonly uid?: number; readonly gid?: number };

/** Whom framers become, where RayOS can do that. */
export function framerUser(): Ids {
  return canBecome(framers) ? { uid: framers, gid: framers } : {};
}

/** Where systemd makes scopes, each framer gets one. */
export function framerLimits(onFailed: (thrown: unknown) => void): {
  onStarted?(pid: number): void;
} {
  const scopes = Scopes.open('framer');
  if (scopes === undefined) return {};
  const limits = { memoryBytes: framerMemoryBytes, processes: framerProcesses };
  return { onStarted: (pid) => void scopes.hold('0', [pid], limits).catch(onFailed) };
}

/** KVM is proven as the user, or in the group, that guests run as. */
export function probeUser(): Ids {
  if (process.getuid?.() !== 0) return canBecome(provenAs) ? { uid: provenAs, gid: provenAs } : {};
  const gid = kvmGroup();
  return gid === undefined ? {} : { gid };
}
