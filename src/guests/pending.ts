// What was changed of a guest since its QEMU was started: it holds from the next start on, and people are told.

import { isDeepStrictEqual } from 'node:util';
import type { Device, MachineConfig } from '../hypervisor/index.ts';
import { dropName } from './drops.ts';
import { tagOf } from './folders.ts';
import { wordsOf } from './machine.ts';
import type { GuestRow } from './registry.ts';

/**
 * In words, one a change. `machine` is the one that runs, `wanted` are the devices that the guest is to have.
 * Drives are left out: they change by commands of their own.
 */
export function pendingChanges(
  machine: MachineConfig,
  row: Pick<GuestRow, 'memoryMiB' | 'cpus' | 'spec'>,
  wanted: readonly Device[],
): string[] {
  const numbers = [
    ['MiB of memory', row.memoryMiB, machine.memoryMiB],
    ['processors', row.cpus, machine.cpus],
    ['screens', row.spec.heads, machine.display.heads],
  ] as const;
  const running = machine.devices.filter(isCompared);
  const lacks = (devices: readonly Device[], one: Device) =>
    !devices.some((each) => isDeepStrictEqual(each, one));
  return [
    ...numbers
      .filter(([, next, now]) => next !== now)
      .map(([what, next, now]) => `${next} ${what} in place of ${now}`),
    ...wanted
      .filter((one) => isCompared(one) && lacks(running, one))
      .map((one) => `with: ${wordsOf(one)}`),
    ...running.filter((one) => lacks(wanted, one)).map((one) => `without: ${wordsOf(one)}`),
  ];
}

function isCompared(device: Device): boolean {
  // Whether there is a touch screen is QEMU's doing, not a person's.
  if (['disk', 'cdrom', 'virtio-multitouch'].includes(device.kind)) return false;
  return device.kind !== 'folder-9p' || device.tag !== tagOf(dropName);
}

/** Whether the card that a guest runs with is another one than it is to have. */
export function runsWithOtherNetwork(machine: MachineConfig, wanted: readonly Device[]): boolean {
  const cards = (devices: readonly Device[]) =>
    devices.filter(({ kind }) => kind === 'network-user' || kind === 'network-socket');
  return !isDeepStrictEqual(cards(machine.devices), cards(wanted));
}
