// What a QEMU has: its version, its devices, its displays.

import { readFileSync } from 'node:fs';
import { RayError } from '../../contracts/index.ts';
import { qemuDevices } from '../machine/devices.ts';
import { type RunAs, runTool } from './tool.ts';

export type Capabilities = {
  readonly version: string;
  readonly devices: string[];
  readonly sharedMemory: boolean;
};

const oldest: readonly [number, number] = [7, 2];
/** The first whose display passes memory instead of bytes. */
const firstWithMap: readonly [number, number] = [9, 2];
const known = [...new Set<string>(Object.values(qemuDevices).flat())];
const required = [
  'virtio-gpu-pci',
  'virtio-keyboard-pci',
  'virtio-tablet-pci',
  'virtio-serial-pci',
  'virtserialport',
];
const limitMs = 15_000;

/** Throws QEMU_MISSING, QEMU_TOO_OLD, QEMU_UNSUITABLE, TIMED_OUT, CANCELLED. */
export async function readCapabilities(binary: string, runAs: RunAs): Promise<Capabilities> {
  const version = await readVersion(binary, runAs);
  if (!isAtLeast(version, oldest))
    throw new RayError('QEMU_TOO_OLD', `${binary} is QEMU ${version}, and RayOS needs 7.2`);
  const [deviceHelp, displayHelp] = await Promise.all([
    runTool(binary, ['-device', 'help'], runAs, limitMs),
    runTool(binary, ['-display', 'help'], runAs, limitMs),
  ]);
  const displays = displayHelp.stdout.toString().split('\n');
  if (!displays.includes('dbus')) throw unsuitable(binary, 'the D-Bus display');
  const names = new Set(parseDevices(deviceHelp.stdout.toString()));
  const missing = required.filter((name) => !names.has(name));
  if (missing.length > 0) throw unsuitable(binary, missing.join(', '));
  return {
    version,
    devices: known.filter((name) => names.has(name)),
    sharedMemory: isAtLeast(version, firstWithMap),
  };
}

/** Device names from `-device help`, whose lines are like: name "virtio-gpu-pci", bus PCI, … */
export function parseDevices(help: string): string[] {
  return [...help.matchAll(/^name "([^"]+)"/gm)].map((match) => match[1] ?? '');
}

/** The version from `--version`; undefined when it is not QEMU's. */
export function parseVersion(text: string): string | undefined {
  return /^QEMU emulator version (\d+\.\d+(?:\.\d+)?)/m.exec(text)?.[1];
}

function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [a = 0, b = 0] = version.split('.').map(Number);
  return a > major || (a === major && b >= minor);
}

async function readVersion(binary: string, runAs: RunAs): Promise<string> {
  let said: string;
  try {
    const { stdout, stderr } = await runTool(binary, ['--version'], runAs, limitMs);
    said = stdout.toString() || stderr;
  } catch (thrown) {
    if (thrown instanceof RayError || runAs.signal?.aborted) throw thrown;
    throw missing(`${binary} cannot be run: ${thrown instanceof Error ? thrown.message : thrown}`);
  }
  const version = parseVersion(said);
  if (version !== undefined) return version;
  const first = said.trim().split('\n')[0] ?? '';
  throw missing(`${binary} does not say QEMU's version; it says: ${first.slice(0, 200)}`);
}

export function missing(what: string): RayError {
  return new RayError('QEMU_MISSING', what, { packages: packages() });
}

export function unsuitable(binary: string, part: string): RayError {
  return new RayError('QEMU_UNSUITABLE', `${binary} lacks ${part}`, { packages: packages() });
}

/** Debian's packages that hold QEMU and its D-Bus display, which moved in Debian 13. */
export function packages(osRelease = readOsRelease()): string {
  const version = Number(/^VERSION_ID="?(\d+)/m.exec(osRelease)?.[1] ?? 13);
  const isOldDebian = /^ID=debian$/m.test(osRelease) && version < 13;
  return isOldDebian
    ? 'qemu-system-x86 qemu-system-common'
    : 'qemu-system-x86 qemu-system-modules-opengl';
}

function readOsRelease(): string {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}
