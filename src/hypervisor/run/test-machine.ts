// A small machine for the tests with a real QEMU: a BIOS that writes on its screen, no system. It is
// ended with its scope.

import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canBecome } from '../../foundation/index.ts';
import type { MachineConfig } from '../machine/config.ts';
import { launchQemu } from './launch.ts';
import type { RunningQemu } from './running.ts';

export const testBinary = process.env.RAYOS_QEMU ?? 'qemu-system-x86_64';
const nobody = 65534;
/** An id as an installed RayOS is lent them. */
const lent = 1_899_998_501;

/** The user that tests run QEMU as: never root, and somebody else where this user is lent ids. */
export const testUser =
  process.getuid?.() === 0
    ? { uid: nobody, gid: nobody }
    : canBecome(lent)
      ? { uid: lent, gid: lent }
      : {};

export type TestMachine = AsyncDisposable & {
  readonly folder: string;
  readonly config: MachineConfig;
  readonly logFd: number;
  launch(part?: Partial<MachineConfig>): Promise<RunningQemu>;
};

export function testMachine(): TestMachine {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-vm-'));
  const logFd = openSync(join(folder, 'qemu.log'), 'w+');
  const running: RunningQemu[] = [];
  const config: MachineConfig = {
    name: 'test',
    uuid: '00000000-0000-4000-8000-000000000001',
    accelerator: 'tcg',
    cpus: 1,
    memoryMiB: 64,
    boot: { kind: 'firmware' },
    display: { width: 640, height: 480, heads: 1 },
    devices: [{ kind: 'virtio-vga' }, { kind: 'virtio-keyboard' }, { kind: 'virtio-tablet' }],
    qmpSocket: join(folder, 'qmp, with a comma'),
    sandbox: true,
  };
  return {
    folder,
    config,
    logFd,
    async launch(part = {}) {
      const { signal } = new AbortController();
      const options = { binary: testBinary, ...testUser, logFd, signal };
      const qemu = await launchQemu({ ...config, ...part }, options);
      running.push(qemu);
      return qemu;
    },
    async [Symbol.asyncDispose]() {
      for (const qemu of running) {
        await qemu.kill();
        await qemu.qmp[Symbol.asyncDispose]();
      }
      closeSync(logFd);
      rmSync(folder, { recursive: true });
    },
  };
}
