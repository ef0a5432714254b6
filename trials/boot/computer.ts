// The computer of the stories: two processors, little memory, a watchdog device, and one disk that begins
// with an image of RayOS.

import { credential } from '../machine/credentials.ts';
import { createTestMachine, type TestMachine, type WaitOptions } from '../machine/machine.ts';
import type { DiskBus, MachineOptions } from '../machine/options.ts';

/** A whole boot in software emulation; twice that on a machine that does something else too. */
export const bootLimits: WaitOptions = { cpuSeconds: 500, clockSeconds: 600 };

/** RayOS's console listens on the serial line, where a story sends it what a person would type. */
export const consoleListens = /Say what you want/;

/** The name of its disk. */
export const diskName = 'main';

export type ComputerOptions = Omit<MachineOptions, 'disks' | 'watchdog'> & {
  /** What is on its disk at first; it is not written. */
  readonly image: string;
  readonly bus?: DiskBus;
  readonly isRecorded?: boolean;
  /** How long checks hold before a boot is golden. Default: 5; one story waits the whole minute. */
  readonly holdSeconds?: number;
};

/** Checks hold for so long before the boot is golden. */
export const holdOf = (seconds: number) => credential('rayos.golden-hold', String(seconds));

/**
 * It is off. What it writes goes to an overlay of its own, which is larger than the image. It has no screen but in
 * the stories that look at one: a browser that draws in software is a good part of an emulated boot.
 */
export function createComputer(options: ComputerOptions): Promise<TestMachine> {
  const { image, bus = 'virtio', isRecorded = false, holdSeconds = 5, ...machine } = options;
  return createTestMachine({
    memoryMiB: 1536,
    hasScreen: false,
    ...machine,
    smbiosStrings: [holdOf(holdSeconds), ...(options.smbiosStrings ?? [])],
    watchdog: true,
    disks: [{ name: diskName, bus, image, isRecorded, sizeMiB: 16 * 1024 }],
  });
}
