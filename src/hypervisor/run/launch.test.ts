import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { MachineConfig } from '../machine/config.ts';
import { launchQemu } from './launch.ts';

/** A machine without devices. */
function machineIn(folder: string, more: Partial<MachineConfig> = {}): MachineConfig {
  return {
    name: 'g',
    uuid: '9baf30ae-0865-4dde-b1a6-f0a25de1a9ba',
    accelerator: 'tcg',
    cpus: 1,
    memoryMiB: 64,
    boot: { kind: 'firmware' },
    display: { width: 640, height: 480, heads: 1 },
    devices: [],
    qmpSocket: join(folder, 'qmp'),
    sandbox: true,
    ...more,
  };
}

test('no QEMU is started on a disk, or variables, whose content lies in a file that they name', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-launch-'));
  const at = (name: string) => join(folder, name);
  const logFd = openSync(at('log'), 'a');
  try {
    const named = ['-o', `data_file=${at('elsewhere')}`];
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', ...named, at('captured'), '1M']);
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', at('own'), '1M']);
    const disk = (path: string) =>
      ({ kind: 'disk', name: 'd', bus: 'virtio', path, format: 'qcow2', readOnly: false }) as const;
    const machine = (variables: string, path: string): MachineConfig =>
      machineIn(folder, {
        boot: { kind: 'uefi', code: at('own'), variables: at(variables) },
        devices: [disk(at(path))],
      });
    const launch = (config: MachineConfig) =>
      launchQemu(config, { binary: '/bin/false', logFd, signal: new AbortController().signal });
    for (const config of [machine('captured', 'own'), machine('own', 'captured')])
      await assert.rejects(launch(config), { code: 'FILE_CORRUPT', message: /captured/ });
    await assert.rejects(launch(machine('own', 'own')), { code: 'GUEST_DIED' });
  } finally {
    closeSync(logFd);
    rmSync(folder, { recursive: true });
  }
});

test('a launch waits for whoever notes it down no longer than QEMU lives, and than somebody wants it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-launch-'));
  const logFd = openSync(join(folder, 'log'), 'a');
  const program = join(folder, 'program');
  writeFileSync(program, '#!/bin/sh\nexec sleep 100\n', { mode: 0o755 });
  const ending = new AbortController();
  const launch = (binary: string, onSpawned: () => void) =>
    launchQemu(machineIn(folder), {
      binary,
      logFd,
      signal: ending.signal,
      onSpawned: () => {
        onSpawned();
        return new Promise<void>(() => undefined);
      },
    });
  try {
    await assert.rejects(
      launch('/bin/false', () => undefined),
      { code: 'GUEST_DIED' },
    );
    await assert.rejects(
      launch(program, () => ending.abort()),
      { code: 'CANCELLED' },
    );
  } finally {
    closeSync(logFd);
    rmSync(folder, { recursive: true });
  }
});
