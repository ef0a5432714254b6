// Firmware finds RayOS on a virtio, an NVMe and a USB disk, starts its kernel, and does so again after a reset.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstImage } from '../machine/images.ts';
import { likeness } from '../machine/screen.ts';
import { bootLimits, createComputer } from './computer.ts';

const kernel = /Linux version/;

for (const bus of ['virtio', 'nvme', 'usb'] as const)
  test(`from ${bus} to the kernel, and again after a reset`, { timeout: 600_000 }, async ({
    signal,
  }) => {
    await using computer = await createComputer({ image: firstImage, hasScreen: true, bus });
    const limits = { ...bootLimits, signal };
    await computer.powerOn();
    const dark = await computer.screenshot();
    await computer.line(/BdsDxe: starting/, limits);
    await computer.line(kernel, limits);
    // What the kernel says is on the screen as well.
    await computer.screenThat('words', (picture) => likeness(picture, dark) < 1, limits);
    const again = computer.event('RESET', limits);
    await computer.reset();
    await again;
    await computer.line(kernel, limits);
    await computer.cut();
    assert.equal(computer.isOn, false);
  });
