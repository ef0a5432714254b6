// ISO 9660 (ECMA-119) with El Torito boot entries (Phoenix/IBM 1.0) and Rock Ridge names (RRIP 1.12), as far
// as it takes to say what a disc is and which firmware can boot it.

import type { Found } from './found.ts';
import { corrupt, plainText, type Source } from './source.ts';

const sector = 2048;
const firstDescriptor = 16;
const maxDescriptors = 16;
const maxDirectoryBytes = 64 * 1024;
const maxFileBytes = 512;
/** Discs burnt track at once end in up to 150 sectors that nobody reads; images of them may lack these. */
const slackSectors = 300;

export function isIso(source: Source): boolean {
  const at = firstDescriptor * sector;
  return source.sizeBytes >= at + sector && source.read(at + 1, 5).toString('latin1') === 'CD001';
}

export function readIso(source: Source): Found {
  let primary: Buffer | undefined;
  let catalog: number | undefined;
  for (let n = firstDescriptor; n < firstDescriptor + maxDescriptors; n++) {
    const descriptor = source.read(n * sector, sector);
    if (descriptor.toString('latin1', 1, 6) !== 'CD001') break;
    const type = descriptor[0];
    if (type === 1) primary ??= descriptor;
    if (type === 0 && descriptor.toString('latin1', 7, 30) === 'EL TORITO SPECIFICATION')
      catalog ??= descriptor.readUInt32LE(0x47);
    if (type === 255) break;
  }
  if (!primary) throw corrupt('it is an ISO image without a primary volume descriptor');
  if (primary.readUInt16LE(128) !== sector) throw corrupt('its blocks do not have 2048 bytes');
  const sectors = primary.readUInt32LE(80);
  if (source.sizeBytes < (sectors - slackSectors) * sector)
    throw corrupt(
      `it is ${source.sizeBytes} bytes, and says that it has ${sectors * sector}: it was cut`,
    );
  const boots = catalog === undefined ? [] : bootPlatforms(source, catalog);
  const label = plainText(primary.subarray(40, 72));
  const publisher = plainText(primary.subarray(318, 446), 128);
  const said = sayOfItself(source, primary);
  return {
    kind: 'iso',
    label,
    system: said.system,
    isWindows:
      said.hasBootmgr ||
      /^microsoft corporation/i.test(publisher) ||
      /^(CCCOMA|CENA|CPBA|CPRA|ESD-ISO|J_CCSA|SSS_X64|GRMC)|X64FRE/i.test(label),
    bootsBios: boots.includes(0),
    bootsUefi: boots.includes(0xef),
  };
}

/** Platforms of the bootable entries: 0 is a PC's BIOS, 0xEF is UEFI. */
function bootPlatforms(source: Source, block: number): number[] {
  const catalog = source.read(block * sector, sector);
  let sum = 0;
  for (let i = 0; i < 32; i += 2) sum = (sum + catalog.readUInt16LE(i)) & 0xffff;
  if (catalog[0] !== 1 || catalog[30] !== 0x55 || catalog[31] !== 0xaa || sum !== 0)
    throw corrupt('its boot catalog does not add up');
  const found: number[] = [];
  let platform = catalog[1] ?? 0;
  for (let at = 32; at + 32 <= sector; at += 32) {
    const kind = catalog[at];
    if (kind === 0x88) found.push(platform);
    else if (kind === 0x90 || kind === 0x91) platform = catalog[at + 1] ?? 0;
    else if (kind !== 0x44 && at > 32 && kind !== 0) break;
  }
  return found;
}

function sayOfItself(source: Source, primary: Buffer): { system: string; hasBootmgr: boolean } {
  const root = entries(source, primary.subarray(156, 190));
  const find = (list: readonly Entry[], name: string) => list.find((entry) => entry.name === name);
  const text = (entry: Entry | undefined) =>
    entry === undefined || entry.isFolder
      ? ''
      : source.read(entry.at, Math.min(entry.bytes, maxFileBytes)).toString('latin1');
  const disk = find(root, '.disk');
  const info = disk?.isFolder ? text(find(listed(source, disk), 'info')) : '';
  const tree = text(find(root, '.treeinfo'));
  const value = (key: string) => new RegExp(`^${key}\\s*=\\s*(.+)$`, 'm').exec(tree)?.[1] ?? '';
  const fromTree = value('name') || `${value('family')} ${value('version')}`;
  return {
    system: plainText(Buffer.from(info.split('\n')[0] || fromTree, 'latin1')),
    hasBootmgr: find(root, 'bootmgr') !== undefined,
  };
}

type Entry = {
  readonly name: string;
  readonly isFolder: boolean;
  readonly at: number;
  readonly bytes: number;
};

function entries(source: Source, rootRecord: Buffer): Entry[] {
  const root = entryOf(rootRecord);
  return root === undefined ? [] : listed(source, root);
}

function listed(source: Source, folder: Entry): Entry[] {
  const bytes = source.read(folder.at, Math.min(folder.bytes, maxDirectoryBytes));
  const list: Entry[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes[at] ?? 0;
    // Records do not cross sectors: a zero is padding up to the next.
    if (length === 0) at = (Math.floor(at / sector) + 1) * sector;
    else {
      const entry = entryOf(bytes.subarray(at, at + length));
      if (entry) list.push(entry);
      at += length;
    }
  }
  return list;
}

function entryOf(record: Buffer): Entry | undefined {
  if (record.length < 34) return undefined;
  const nameBytes = record[32] ?? 0;
  if (33 + nameBytes > record.length) return undefined;
  const plain = record.toString('latin1', 33, 33 + nameBytes).replace(/;.*$/, '');
  const rest = record.subarray(33 + nameBytes + ((nameBytes + 1) % 2));
  return {
    name: (rockRidgeName(rest) ?? plain).toLowerCase(),
    isFolder: ((record[25] ?? 0) & 2) !== 0,
    at: record.readUInt32LE(2) * sector,
    bytes: record.readUInt32LE(10),
  };
}

/** The NM entry of a record's system use area. */
function rockRidgeName(area: Buffer): string | undefined {
  for (let at = 0; at + 5 <= area.length; ) {
    const length = area[at + 2] ?? 0;
    if (length < 4 || at + length > area.length) return undefined;
    if (area.toString('latin1', at, at + 2) === 'NM')
      return area.toString('latin1', at + 5, at + length);
    at += length;
  }
  return undefined;
}
