// The machine that a guest of a recipe runs on: only these devices, no network.

import type { MachineConfig } from '../hypervisor/index.ts';
import type { Places } from './places.ts';
import type { GuestRow } from './registry.ts';

/** A built guest image, as guest-images/ makes it. */
export type BootImage = {
  readonly kernel: string;
  readonly initrd: string;
  readonly commandLine: string;
};

/** What a guest gets unless it was created otherwise. */
export type Recipe = { readonly title: string; readonly memoryMiB: number; readonly cpus: number };

export const screen = { width: 1280, height: 800 } as const;

export const agentPort = 'org.rayos.agent';

export function machineOf(
  row: GuestRow,
  image: BootImage,
  places: Places,
  accelerator: 'kvm' | 'tcg',
): MachineConfig {
  return {
    name: row.name,
    uuid: row.id,
    accelerator,
    cpus: row.cpus,
    memoryMiB: row.memoryMiB,
    boot: {
      kind: 'kernel',
      kernel: image.kernel,
      initrd: image.initrd,
      commandLine: image.commandLine,
    },
    display: { ...screen, heads: 1 },
    devices: [
      { kind: 'virtio-gpu' },
      { kind: 'virtio-keyboard' },
      { kind: 'virtio-tablet' },
      { kind: 'virtio-rng' },
      { kind: 'virtio-serial-port', name: agentPort, socketPath: places.agentSocket },
    ],
    qmpSocket: places.qmpSocket,
    serialSocket: places.serialSocket,
    sandbox: true,
    startPaused: true,
  };
}

export const deviceWords: readonly string[] = [
  `virtio-gpu ${screen.width}×${screen.height}, one head`,
  'virtio keyboard',
  'virtio tablet (absolute pointer)',
  'virtio random numbers',
  `virtio-serial port ${agentPort}`,
  'serial console',
];
