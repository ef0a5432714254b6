// The harness itself, with real machines: a small Linux says on the serial console what it sees and does.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readDisk, toolEnv } from './disk-reader.ts';
import { makeEspDisk } from './esp.ts';
import { createTestMachine } from './machine.ts';
import { Recording } from './recording.ts';
import { type SmallGuest, scriptFor, smallGuest } from './small-guest.ts';

const timeout = 200_000;
const folder = mkdtempSync(join(tmpdir(), 'rayos-machine-test-'));
const ext4 = join(folder, 'ext4.raw');

let guest: SmallGuest;

before(async () => {
  guest = await smallGuest();
  writeFileSync(ext4, '');
  truncateSync(ext4, 32 * 1024 * 1024);
  execFileSync('mkfs.ext4', ['-q', ext4], { env: toolEnv() });
});

after(() => rmSync(folder, { recursive: true, force: true }));

test('markers in order; credentials; what was written before the plug was pulled is read back', {
  timeout,
}, async ({ signal }) => {
  const image = await readFile(ext4);
  await using machine = await createTestMachine({
    firmware: 'bios',
    memoryMiB: 256,
    cpus: 1,
    kernel: guest,
    disks: [
      { name: 'data', bus: 'virtio', image: ext4 },
      { name: 'fast', bus: 'nvme', sizeMiB: 8 },
      { name: 'stick', bus: 'usb', sizeMiB: 8 },
    ],
    tpm: true,
    smbiosStrings: [
      'io.systemd.credential:a.name=a value, with a comma',
      scriptFor(`
        grep -o 'a\\.name=.*' /run/strings
        for d in vda nvme0n1 sda; do disk /dev/$d; echo RAYOS_TRIAL:DISK:$d:$(cat /sys/block/$d/size); done
        echo RAYOS_TRIAL:TPM:$(cat /sys/class/tpm/tpm0/tpm_version_major)
        mount /dev/vda /mnt || exit
        echo kept >/mnt/synced; sync
        echo RAYOS_TRIAL:SYNCED
        while :; do sleep 1; done`),
    ],
  });
  await machine.powerOn();
  await machine.marker(/^TRIAL:UP$/, { signal });
  await machine.line(/^a\.name=a value, with a comma$/, { signal });
  await machine.marker(/^TRIAL:SYNCED$/, { signal });
  await machine.cut();
  assert.deepEqual(machine.serial.markers, [
    'TRIAL:UP',
    'TRIAL:DISK:vda:65536',
    'TRIAL:DISK:nvme0n1:16384',
    'TRIAL:DISK:sda:16384',
    'TRIAL:TPM:2',
    'TRIAL:SYNCED',
  ]);
  assert.equal(machine.isOn, false);
  await using disk = await machine.disk('data');
  assert.equal(String(await disk.extFile('/synced')), 'kept\n');
  await assert.rejects(disk.extFile('/never'), /there is no/);
  assert.ok(image.equals(await readFile(ext4)), 'the image was written to');
});

test('a panic that nobody handles ends in a reset by the watchdog', { timeout }, async ({
  signal,
}) => {
  await using machine = await createTestMachine({
    firmware: 'bios',
    memoryMiB: 256,
    cpus: 1,
    kernel: guest,
    watchdog: true,
    smbiosStrings: [
      scriptFor(`
        watchdog -T 3 -t 1 /dev/watchdog0
        # The device is armed once it is open.
        until ls -l /proc/[0-9]*/fd 2>/dev/null | grep -q /dev/watchdog0; do usleep 50000; done
        echo RAYOS_TRIAL:PANICS
        echo c >/proc/sysrq-trigger`),
    ],
  });
  await machine.powerOn();
  // Listened for from now on: it comes soon after the marker.
  await Promise.all([
    machine.event('WATCHDOG', { signal }),
    machine.marker(/^TRIAL:PANICS$/, { signal }),
  ]);
  await machine.marker(/^TRIAL:UP$/, { signal });
});

test('a disk with an ESP is made and read back without a mount', async () => {
  const stick = join(folder, 'stick.raw');
  const menu = join(folder, 'loader.conf');
  writeFileSync(menu, 'timeout menu-force\n');
  await makeEspDisk(stick, 64, [
    { path: 'loader/loader.conf', from: menu },
    { path: 'EFI/BOOT/a.conf', from: menu },
  ]);
  await using disk = await readDisk(stick, 'raw');
  const esp = await disk.partition('esp');
  assert.equal(String(await disk.fatFile('/loader/loader.conf', esp)), 'timeout menu-force\n');
  assert.deepEqual(await disk.fatFolder('/EFI', esp), ['BOOT/']);
  await assert.rejects(disk.partition('root'), /there is no partition root/);
});

test('a recorded disk, played again up to each barrier, is one that a journal mends', {
  timeout,
}, async ({ signal }) => {
  await using machine = await createTestMachine({
    firmware: 'bios',
    memoryMiB: 256,
    cpus: 1,
    kernel: guest,
    disks: [{ name: 'data', bus: 'virtio', image: ext4, isRecorded: true }],
    smbiosStrings: [
      scriptFor(`
        disk /dev/vda; mount /dev/vda /mnt || exit
        for n in 1 2 3 4; do dd if=/dev/zero bs=64k count=$n 2>/dev/null >/mnt/$n; sync; mv /mnt/$n /mnt/done-$n; sync; done
        echo RAYOS_TRIAL:WRITTEN
        while :; do sleep 1; done`),
    ],
  });
  await machine.powerOn();
  await machine.marker(/^TRIAL:WRITTEN$/, { signal });
  await machine.cut();
  using recording = new Recording(machine.diskFiles('data'));
  const { barriers, writes } = recording;
  assert.ok(barriers.length >= 8, `${barriers.length} barriers in ${writes.length} writes`);
  const played = join(folder, 'played.raw');
  const seen: string[] = [];
  for await (const _ of recording.disksAt(barriers, played)) {
    await using disk = await readDisk(played, 'raw');
    // -p mends only what is safe to mend; more than a replayed journal is status 4, and throws here.
    spawnOk('e2fsck', ['-f', '-p', disk.raw], [0, 1]);
    seen.push(
      spawnOk('debugfs', ['-R', 'ls -p /', disk.raw], [0])
        .match(/done-\d/g)
        ?.join() ?? '',
    );
  }
  // Nothing that was done is ever undone, and in the end all of it is there.
  const counts = seen.map((names) => names.length);
  assert.deepEqual(
    counts,
    [...counts].sort((a, b) => a - b),
  );
  assert.equal(seen[0], '');
  assert.equal(seen.at(-1), 'done-1,done-2,done-3,done-4');
  // The last moment is the disk itself.
  await recording.diskAfter(writes.length, played);
  await using last = await machine.disk('data');
  assert.ok((await readFile(played)).equals(await readFile(last.raw)));
});

function spawnOk(program: string, args: readonly string[], good: readonly number[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { env: toolEnv(), encoding: 'utf8' });
  assert.ok(good.includes(status ?? -1), `${program} ended with ${status}: ${stdout}${stderr}`);
  return stdout;
}
