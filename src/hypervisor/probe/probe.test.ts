import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { packages, parseDevices, parseVersion } from './capabilities.ts';
import { probeHypervisor } from './index.ts';
import { proveAccelerator } from './proof.ts';
import { proofAnswer, proofRom } from './rom.ts';

const folder = mkdtempSync(join(tmpdir(), 'rayos-probe-'));
chmodSync(folder, 0o755);
after(() => rmSync(folder, { recursive: true }));

/** A program that answers instead of QEMU. */
function program(name: string, script: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

const cacheDir = join(folder, 'cache');

test('versions and devices are read from what QEMU prints', () => {
  assert.equal(parseVersion('QEMU emulator version 10.0.13 (Debian 1:10)\nCopyright'), '10.0.13');
  assert.equal(parseVersion('QEMU emulator version 7.2\n'), '7.2');
  assert.equal(parseVersion('true (GNU coreutils) 9.1'), undefined);
  const help =
    'Display devices:\nname "VGA", bus PCI\nname "virtio-gpu-pci", bus PCI, alias "virtio-gpu"\n';
  assert.deepEqual(parseDevices(help), ['VGA', 'virtio-gpu-pci']);
});

test('the packages are those of this Debian', () => {
  const release = (version: number) => `ID=debian\nVERSION_ID="${version}"\n`;
  assert.match(packages(release(12)), /qemu-system-common/);
  assert.match(packages(release(13)), /qemu-system-modules-opengl/);
});

test('a QEMU that is missing, old or lacks its display is told, with what to do', async () => {
  const wrong: readonly [string, string, RegExp][] = [
    [join(folder, 'nothing'), 'QEMU_MISSING', /cannot be run/],
    [program('other', 'echo hello'), 'QEMU_MISSING', /it says: hello/],
    [program('old', 'echo QEMU emulator version 6.1.0'), 'QEMU_TOO_OLD', /6\.1\.0/],
    [program('bare', 'echo QEMU emulator version 8.0.0'), 'QEMU_UNSUITABLE', /D-Bus display/],
    [
      program(
        'poor',
        'case $1 in --version) echo QEMU emulator version 8.0.0;; *) echo dbus;; esac',
      ),
      'QEMU_UNSUITABLE',
      /virtio-gpu-pci/,
    ],
  ];
  for (const [binary, code, message] of wrong)
    await assert.rejects(probeHypervisor({ binary, cacheDir }), { code, message });
});

test('an accelerator that computes wrongly, or stops, is disproven in words', async () => {
  const wrong = program('wrong', 'printf 12345678; exit 67');
  assert.deepEqual(await proveAccelerator(wrong, 'kvm', {}), {
    works: false,
    why: 'it computed a wrong checksum',
  });
  const broken = program('broken', 'echo qemu-system-x86_64: -accel kvm: no KVM here >&2; exit 1');
  assert.deepEqual(await proveAccelerator(broken, 'kvm', {}), { works: false, why: 'no KVM here' });
});

test('a probe can be cancelled, and ends what it runs', async () => {
  const binary = program('sleeper', 'exec sleep 60');
  const cancel = new AbortController();
  const probing = probeHypervisor({ binary, cacheDir, signal: cancel.signal });
  setImmediate(() => cancel.abort());
  await assert.rejects(probing, { code: 'CANCELLED' });
});

test('the proof guest is one ROM of 64 KiB whose answer depends on its seed', () => {
  const rom = proofRom(1n);
  assert.equal(rom.length, 65536);
  assert.equal(Buffer.from(rom.subarray(0xfff0, 0xfff3)).toString('hex'), 'e90df0');
  // The descriptor table is where the code says.
  assert.equal(Buffer.from(rom.subarray(0xf118, 0xf11e)).toString('hex'), '1f00f8f0ffff');
  assert.notEqual(proofAnswer(1n), proofAnswer(2n));
});
