import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { pciKind } from './devices.ts';
import { missingFirmware } from './kernel-log.ts';
import { parseSoundCards } from './parts.ts';
import { parseCpuInfo, parseMemTotal } from './processor.ts';
import { reportHardware } from './report.ts';
import { KernelTree, parseUdev } from './tree.ts';

/** A laptop as its kernel shows it; `->` makes a link. */
const laptop: Readonly<Record<string, string | Buffer>> = {
  'proc/cpuinfo': [0, 1]
    .map((n) => `processor\t: ${n}\nmodel name\t: A Fast One\nflags\t\t: fpu vmx sse2\n`)
    .join('\n'),
  'proc/meminfo': 'MemTotal:       16316412 kB\nMemFree:         1 kB\n',
  'proc/asound/cards':
    ' 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n                      at 0x1\n',
  'sys/class/dmi/id/sys_vendor': 'Maker\n',
  'sys/class/dmi/id/product_name': 'Book 3\n',
  'sys/class/dmi/id/bios_version': '1.7\n',
  'sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c': Buffer.from([
    6, 0, 0, 0, 1,
  ]),
  'sys/block/nvme0n1/size': '1000215216\n',
  'sys/block/nvme0n1/removable': '0\n',
  'sys/block/nvme0n1/queue/rotational': '0\n',
  'sys/block/nvme0n1/device/model': 'SSD 512   \n',
  'sys/block/loop0/size': '8\n',
  'sys/class/net/lo/operstate': 'unknown\n',
  'sys/class/net/enp0s31f6/operstate': 'up\n',
  'sys/class/net/enp0s31f6/device/driver': '->../../../bus/pci/drivers/e1000e',
  'sys/class/drm/card0-eDP-1/status': 'connected\n',
  'sys/class/drm/card0-DP-1/status': 'disconnected\n',
  'sys/class/tpm/tpm0/tpm_version_major': '2\n',
  'sys/class/watchdog/watchdog0/identity': 'iTCO_wdt\n',
  'sys/bus/pci/devices/0000:00:00.0/vendor': '0x8086\n',
  'sys/bus/pci/devices/0000:00:00.0/device': '0x3e10\n',
  'sys/bus/pci/devices/0000:00:00.0/class': '0x060000\n',
  'sys/bus/pci/devices/0000:00:02.0/vendor': '0x8086\n',
  'sys/bus/pci/devices/0000:00:02.0/device': '0x3e9b\n',
  'sys/bus/pci/devices/0000:00:02.0/class': '0x030000\n',
  'sys/bus/pci/devices/0000:00:02.0/driver': '->../../../bus/pci/drivers/i915',
  'run/udev/data/+pci:0000:00:02.0':
    'E:ID_VENDOR_FROM_DATABASE=Intel Corporation\nE:ID_MODEL_FROM_DATABASE=UHD Graphics 630\n',
  'sys/bus/pci/devices/0000:02:00.0/vendor': '0x14e4\n',
  'sys/bus/pci/devices/0000:02:00.0/device': '0x43ba\n',
  'sys/bus/pci/devices/0000:02:00.0/class': '0x028000\n',
  'sys/bus/usb/devices/usb1/idVendor': '1d6b\n',
  'sys/bus/usb/devices/1-4/idVendor': '046d\n',
  'sys/bus/usb/devices/1-4/idProduct': 'c077\n',
  'sys/bus/usb/devices/1-4/manufacturer': 'Logitech\n',
  'sys/bus/usb/devices/1-4/product': 'USB Optical Mouse\n',
  'sys/bus/usb/devices/1-4:1.0/driver': '->../../../../../bus/usb/drivers/usbhid',
};

test('a laptop is told with its drivers, and what it lacks in sentences', async () => {
  const root = mkdtempSync(join(tmpdir(), 'rayos-hardware-'));
  try {
    for (const [name, value] of Object.entries(laptop)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      if (typeof value === 'string' && value.startsWith('->'))
        symlinkSync(value.slice(2), join(root, name));
      else writeFileSync(join(root, name), value);
    }
    const found = await reportHardware({
      tree: new KernelTree(root),
      kernelLog: async () =>
        'i915 0000:00:02.0: Direct firmware load for i915/kbl_dmc.bin failed with error -2\n',
    });
    assert.deepEqual(found.machine, {
      vendor: 'Maker',
      model: 'Book 3',
      firmware: 'UEFI',
      firmwareVersion: '1.7',
      secureBoot: true,
      isVirtual: false,
    });
    assert.deepEqual(found.cpu, { model: 'A Fast One', threads: 2, virtualization: 'vmx' });
    assert.equal(found.memoryBytes, 16_316_412 * 1024);
    assert.deepEqual(found.disks, [
      { name: 'nvme0n1', model: 'SSD 512', sizeBytes: 1_000_215_216 * 512, kind: 'flash' },
    ]);
    assert.deepEqual(found.networks, [{ name: 'enp0s31f6', driver: 'e1000e', isUp: true }]);
    assert.deepEqual(found.screens, [
      { name: 'DP-1', isConnected: false },
      { name: 'eDP-1', isConnected: true },
    ]);
    assert.deepEqual(found.soundCards, ['HDA Intel PCH']);
    assert.equal(found.tpm, '2.0');
    assert.deepEqual(found.watchdogs, ['iTCO_wdt']);
    assert.deepEqual(
      found.devices.map(({ kind, name, drivers }) => [kind, name, drivers.join()]),
      [
        ['other', '8086:3e10', ''],
        ['graphics', 'Intel Corporation UHD Graphics 630', 'i915'],
        ['wireless network', '14e4:43ba', ''],
        ['USB device', 'Logitech USB Optical Mouse', 'usbhid'],
      ],
    );
    assert.deepEqual(found.missing, [
      'no driver for wireless network: 14e4:43ba, at pci 0000:02:00.0',
      'a driver asked for the firmware i915/kbl_dmc.bin, which is not in this system',
    ]);
    assert.deepEqual(found.unknown, []);
  } finally {
    rmSync(root, { recursive: true });
  }
});

test('where nothing can be read, the report says so and does not fail', async () => {
  const found = await reportHardware({
    tree: new KernelTree('/nowhere'),
    kernelLog: async () => undefined,
  });
  assert.equal(found.machine.firmware, 'BIOS');
  assert.deepEqual(found.missing, []);
  assert.equal(found.unknown.length, 1);
});

test('this machine can be looked at', async () => {
  const found = await reportHardware();
  assert.ok(found.memoryBytes > 0);
  assert.ok(found.cpu.threads > 0);
});

test('firmware is missing when it was not found, not when it could not be read', () => {
  const log = [
    'r8169 0000:01:00.0: Direct firmware load for rtl_nic/rtl8168g-3.fw failed with error -2',
    'r8169 0000:01:00.0: firmware: failed to load rtl_nic/rtl8168g-3.fw (-2)',
    'x 1: Direct firmware load for other.bin failed with error -22',
    'platform regulatory.0: firmware: failed to load regulatory.db (-2)',
  ].join('\n');
  assert.deepEqual(missingFirmware(log), ['regulatory.db', 'rtl_nic/rtl8168g-3.fw']);
});

test('the readers take any text, and end', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary', maxLength: 5000 })), (text) => {
      const { threads } = parseCpuInfo(text);
      assert.ok(threads >= 0);
      assert.ok(parseMemTotal(text) >= 0);
      assert.ok(parseSoundCards(text).every((name) => name.length <= 200));
      assert.ok(missingFirmware(text).length <= 100);
      for (const [name] of parseUdev(text)) assert.match(name, /^[A-Z0-9_]+$/);
      pciKind(text);
    }),
  );
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4096 })), (numbers) => {
      const text = numbers.map((n) => `processor\t: ${n}\nmodel name\t: m\n`).join('\n');
      assert.equal(parseCpuInfo(text).threads, numbers.length);
    }),
  );
});
