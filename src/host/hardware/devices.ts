// Devices on PCI and USB, and which driver has each.

import type { CommandResult } from '../../contracts/index.ts';
import type { KernelTree } from './tree.ts';

export type Device = CommandResult<'hardware.report'>['devices'][number];

/** PCI's classes by their first byte, or first two where it matters. What is not here needs no driver. */
const pciKinds: readonly (readonly [prefix: string, kind: string])[] = [
  ['0108', 'NVMe storage'],
  ['01', 'storage'],
  ['0280', 'wireless network'],
  ['02', 'network'],
  ['03', 'graphics'],
  ['0403', 'sound'],
  ['04', 'sound and video'],
  ['0c03', 'USB'],
  ['07', 'communication'],
  ['0d', 'wireless'],
];

/** The kind of a PCI class such as `0x030000`; undefined for bridges and the like. */
export function pciKind(pciClass: string): string | undefined {
  const digits = pciClass.replace(/^0x/, '').padStart(6, '0');
  return pciKinds.find(([prefix]) => digits.startsWith(prefix))?.[1];
}

export async function pciDevices(tree: KernelTree): Promise<Device[]> {
  const folder = 'sys/bus/pci/devices';
  const names = await tree.list(folder);
  return Promise.all(
    names.map(async (name): Promise<Device> => {
      const [vendor, device, pciClass, driver, udev] = await Promise.all([
        tree.text(`${folder}/${name}/vendor`),
        tree.text(`${folder}/${name}/device`),
        tree.text(`${folder}/${name}/class`),
        tree.target(`${folder}/${name}/driver`),
        tree.udev(`+pci:${name}`),
      ]);
      const id = `${short(vendor)}:${short(device)}`;
      const kind = pciKind(pciClass ?? '');
      return {
        kind: kind ?? 'other',
        name: nameOf(udev, id),
        place: `pci ${name}`,
        id,
        drivers: driver === undefined ? [] : [driver],
        needsDriver: kind !== undefined,
      };
    }),
  );
}

export async function usbDevices(tree: KernelTree): Promise<Device[]> {
  const folder = 'sys/bus/usb/devices';
  const all = await tree.list(folder);
  const names = all.filter((name) => /^\d+-[\d.]+$/.test(name));
  return Promise.all(
    names.map(async (name): Promise<Device> => {
      const read = (file: string) => tree.text(`${folder}/${name}/${file}`);
      const interfaces = all.filter((other) => other.startsWith(`${name}:`));
      const [vendor, product, deviceClass, maker, model] = await Promise.all(
        ['idVendor', 'idProduct', 'bDeviceClass', 'manufacturer', 'product'].map(read),
      );
      const udev = await tree.udev(`+usb:${name}`);
      const drivers = await Promise.all(
        interfaces.map((one) => tree.target(`${folder}/${one}/driver`)),
      );
      const id = `${short(vendor)}:${short(product)}`;
      const own = [maker, model].filter((part) => part !== undefined).join(' ');
      return {
        kind: deviceClass === '09' ? 'USB hub' : 'USB device',
        name: own === '' ? nameOf(udev, id) : own,
        place: `usb ${name}`,
        id,
        drivers: [...new Set(drivers.filter((driver) => driver !== undefined))],
        needsDriver: true,
      };
    }),
  );
}

function nameOf(udev: ReadonlyMap<string, string>, id: string): string {
  const vendor = udev.get('ID_VENDOR_FROM_DATABASE');
  const model = udev.get('ID_MODEL_FROM_DATABASE');
  return [vendor, model].filter((part) => part !== undefined).join(' ') || id;
}

/** `0x8086` or `8086` as `8086`. */
function short(id: string | undefined): string {
  return /^(?:0x)?([0-9a-f]{4})$/.exec(id ?? '')?.[1] ?? '????';
}
