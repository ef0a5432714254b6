import assert from 'node:assert/strict';
import { test } from 'node:test';
import { machineArguments } from './command-line.ts';
import { firmwareFor } from './firmware.ts';

const parts = {
  accelerator: 'tcg',
  firmware: { code: '/code', template: '/template', needsSmm: false },
  variables: '/variables',
  disks: [],
  qmpSocket: '/qmp',
  serialSocket: '/serial',
  tpmSocket: '/tpm',
} as const;

test('an aarch64 machine has the board of its kind, and nothing that only a PC has', () => {
  const args = machineArguments({ arch: 'aarch64', tpm: true, watchdog: true }, parts).join(' ');
  assert.match(args, /type=virt,pflash0=firmware-code/);
  assert.match(args, /tpm-tis-device/);
  assert.match(args, /qemu-xhci,id=usb .*usb-kbd/);
  assert.doesNotMatch(args, /q35|smm|tpm-crb/);
  assert.match(machineArguments({}, parts).join(' '), /type=q35,smm=off/);
});

test('firmware that there is for PCs only is refused for others', () => {
  assert.throws(() => firmwareFor('bios', 'aarch64'), /no firmware of the kind bios/);
  assert.throws(() => firmwareFor('uefi-secure', 'aarch64'), /no firmware/);
});
