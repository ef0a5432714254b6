import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { findScreens, type Screens } from './machine.ts';

/** A /sys with these files; a value that begins with `->` is a link. */
function screensOf(files: Readonly<Record<string, string>>): Screens {
  const sys = mkdtempSync(join(tmpdir(), 'rayos-sys-'));
  try {
    for (const [name, value] of Object.entries(files)) {
      const path = join(sys, name);
      mkdirSync(dirname(path), { recursive: true });
      if (value.startsWith('->')) symlinkSync(value.slice(2), path);
      else writeFileSync(path, value);
    }
    return findScreens(sys);
  } finally {
    rmSync(sys, { recursive: true });
  }
}

const drm = 'class/drm';

test('a machine without a graphics card has no screen', () => {
  const none = { outputs: [], hasCard: false, hasGpu: false };
  assert.deepEqual(screensOf({ 'class/drm/version': 'drm 1.1.0' }), none);
  assert.deepEqual(findScreens('/nowhere'), none);
});

test('screens are the connectors that something is connected to', () => {
  const found = screensOf({
    [`${drm}/card1/device/driver`]: '->../../bus/pci/drivers/i915',
    [`${drm}/card1-eDP-1/status`]: 'connected\n',
    [`${drm}/card1-HDMI-A-1/status`]: 'disconnected\n',
    [`${drm}/card1-DP-2/status`]: 'connected\n',
    [`${drm}/renderD128/dev`]: '226:128',
  });
  assert.deepEqual(found, { outputs: ['DP-2', 'eDP-1'], hasCard: true, hasGpu: true });
});

test('a card that only shows is no GPU; a virtual one says by its first feature whether it is', () => {
  const card = (driver: string, features: string) =>
    screensOf({
      [`${drm}/card0/device/driver`]: `->../../drivers/${driver}`,
      [`${drm}/card0/device/virtio3/features`]: features,
    });
  // As a virtual machine here shows it.
  assert.equal(card('virtio-pci', '0100000000000000000000000000110010').hasGpu, false);
  assert.equal(card('virtio-pci', '1100000000000000000000000000110010').hasGpu, true);
  for (const driver of ['bochs-drm', 'simple-framebuffer', 'ast', 'cirrus'])
    assert.equal(screensOf({ [`${drm}/card0/device/driver`]: `->x/${driver}` }).hasGpu, false);
});
