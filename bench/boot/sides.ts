// The two sides, each a disk that has been booted once (so that neither makes its state while it is measured),
// and one boot of either.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cpuSecondsOf } from '../../trials/machine/cpu-time.ts';
import { extraUnit, unitDropIn } from '../../trials/machine/credentials.ts';
import { createTestMachine, type TestMachine } from '../../trials/machine/machine.ts';

const run = promisify(execFile);
export const limits = { cpuSeconds: 900, clockSeconds: 900 };

export type Side = {
  readonly name: 'RayOS' | 'Debian 13';
  readonly image: string;
  /** The marker at which it counts as up. */
  readonly up: RegExp;
  readonly smbiosStrings: readonly string[];
};

export type Boot = { readonly clockSeconds: number; readonly cpuSeconds: number };

export const rayos = (image: string): Side => ({
  name: 'RayOS',
  image,
  up: /^BOOT_MARKER:SHELL:/,
  smbiosStrings: [],
});

/**
 * Up when multi-user.target has been reached, sshd in it; a unit says so on the console, opened for that line: a
 * login prompt hangs the serial line up when it begins.
 */
export const debian = (image: string): Side => ({
  name: 'Debian 13',
  image,
  up: /^BENCH:MULTI_USER$/,
  smbiosStrings: [
    extraUnit(
      'bench-up.service',
      `[Unit]
DefaultDependencies=no
After=multi-user.target ssh.service
ConditionPathExists=!/etc/initrd-release
[Service]
Type=oneshot
ExecStart=/bin/sh -c '{ echo; echo RAYOS_BENCH:MULTI_USER; } >/dev/console'
`,
    ),
    unitDropIn('multi-user.target', 'bench', '[Unit]\nWants=bench-up.service\n'),
  ],
});

export function machineOf(side: Side, more: readonly string[] = []): Promise<TestMachine> {
  return createTestMachine({
    memoryMiB: 1536,
    cpus: 2,
    disks: [{ name: 'main', bus: 'virtio', image: side.image, sizeMiB: 16 * 1024 }],
    smbiosStrings: [...side.smbiosStrings, ...more],
  });
}

/** The side after its first boot and a clean shutdown, with its disk in `folder`. */
export async function settled(side: Side, folder: string, signal: AbortSignal): Promise<Side> {
  await using machine = await machineOf(side);
  await machine.powerOn();
  await machine.marker(side.up, { ...limits, signal });
  await machine.powerOff({ ...limits, signal });
  const image = join(folder, `${side.name.replaceAll(' ', '-')}.raw`);
  const { overlay } = machine.diskFiles('main');
  await run('qemu-img', ['convert', '-f', 'qcow2', '-O', 'raw', overlay, image]);
  return { ...side, image };
}

/** One boot, from power on to up, on a disk that nothing else has written to. */
export async function boot(side: Side, signal: AbortSignal): Promise<Boot> {
  await using machine = await machineOf(side);
  const started = performance.now();
  await machine.powerOn();
  const pid = machine.pid;
  await machine.marker(side.up, { ...limits, signal });
  const clockSeconds = (performance.now() - started) / 1000;
  const cpuSeconds = cpuSecondsOf(pid) ?? Number.NaN;
  await machine.cut();
  return { clockSeconds, cpuSeconds };
}
