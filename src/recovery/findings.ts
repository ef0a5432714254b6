// What recovery finds when it starts: entries, records of boots, slots and state, each looked at without
// writing. What cannot be read is a finding too, with the reason in words.

import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  type BootEntry,
  type BootRecord,
  type Decision,
  decide,
  entryName,
  RecordFile,
  readEntries,
} from '../boot/index.ts';
import type { Run } from './command.ts';
import { beginsAs, deviceOf, type Label, partitionId, partitionIdOf } from './partitions.ts';
import { readUki, type Uki } from './uki.ts';
import { type Why, type WhyFacts, whyOf } from './why.ts';

export const places = {
  efi: '/run/rayos-recovery/efi',
  log: '/run/rayos-recovery/log',
  state: '/run/rayos-recovery/state',
} as const;

export type Slot = {
  readonly name: 'A' | 'B';
  /** The version whose entry insists on this slot's hash. */
  readonly version: string | undefined;
  readonly state: 'empty' | 'whole' | 'damaged' | 'missing';
};

export type Findings = {
  readonly why: Why;
  readonly decision: Decision;
  readonly entries: readonly BootEntry[];
  readonly slots: readonly [Slot, Slot];
  readonly records: readonly BootRecord[];
  /** What could not be read or mounted, each in a sentence. */
  readonly troubles: readonly string[];
};

const loaderInfo = '/sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f';
const efiVariables = '/sys/firmware/efi/efivars';

export function findOut(
  run: Run,
  self: { readonly version: string; readonly bootId: string },
): Findings {
  const troubles: string[] = [];
  const esp = mountReadOnly(run, 'esp', places.efi, 'vfat', troubles);
  const log = mountReadOnly(run, 'rayos-log', places.log, 'ext4', troubles);
  const state = mountReadOnly(run, 'rayos-state', places.state, 'btrfs', troubles);
  // Only looked at: nothing is kept mounted that a person may want to mend.
  if (state === 'mounted') run('umount', [places.state]);

  const folder = join(places.efi, 'EFI/Linux');
  const entries =
    esp === 'mounted' ? attempt(() => readEntries(folder).entries, troubles) : undefined;
  const records =
    log === 'mounted'
      ? attempt(() => new RecordFile(join(places.log, 'boot.records')).read().records, troubles)
      : undefined;
  const ukis = (entries ?? []).flatMap((entry) => {
    const uki = attempt(() => readUki(join(folder, entryName(entry))), troubles);
    if (uki !== undefined) return [{ entry, uki }];
    troubles.push(`The entry ${entryName(entry)} is damaged: it cannot be started.`);
    return [];
  });
  const slots = [findSlot('A', ukis), findSlot('B', ukis)] as const;
  for (const { name, version } of slots.filter((slot) => slot.state === 'damaged'))
    troubles.push(
      `Slot ${name}${version === undefined ? '' : `, version ${version},`} is damaged.`,
    );

  const decision = decide({
    entries: entries ?? [],
    slots: [slots[0].version, slots[1].version],
    records: records ?? [],
    snapshots: [],
    running: { kind: 'recovery', version: self.version, bootId: self.bootId },
    isPastDeadline: false,
  });
  const isStarted = (slot: Slot) => ukis.some(({ entry }) => entry.version === slot.version);
  const facts: WhyFacts = {
    entries,
    startedBy: existsSync(loaderInfo)
      ? 'loader'
      : existsSync(efiVariables) && ukis.length > 0
        ? 'firmware'
        : 'unknown',
    isSystemBroken:
      slots.some((slot) => slot.state === 'damaged' && isStarted(slot)) ||
      ukis.length < (entries?.length ?? 0),
    isStateBroken: state === 'broken',
  };
  return {
    why: whyOf(facts),
    decision,
    entries: entries ?? [],
    slots,
    records: records ?? [],
    troubles,
  };
}

function findSlot(
  name: 'A' | 'B',
  ukis: readonly { readonly entry: BootEntry; readonly uki: Uki }[],
): Slot {
  const label = `rayos-${name === 'A' ? 'a' : 'b'}` as const;
  const [data, hashes] = [deviceOf(label), deviceOf(`${label}-verity`)];
  if (data === undefined || hashes === undefined)
    return { name, version: undefined, state: 'missing' };
  const id = partitionId(data);
  const owner = ukis.find(
    ({ entry, uki }) =>
      entry.kind === 'system' &&
      uki.rootHash !== undefined &&
      partitionIdOf(uki.rootHash, 'data') === id,
  );
  const [isSystem, isHashed] = [beginsAs(data, 'erofs'), beginsAs(hashes, 'verity')];
  const isEmpty = owner === undefined && !isSystem && !isHashed;
  return {
    name,
    version: owner?.entry.version,
    state: isEmpty ? 'empty' : isSystem && isHashed ? 'whole' : 'damaged',
  };
}

function mountReadOnly(
  run: Run,
  label: Label,
  at: string,
  type: string,
  troubles: string[],
): 'mounted' | 'missing' | 'broken' {
  const device = deviceOf(label);
  if (device === undefined) {
    troubles.push(`The partition ${label} was not found.`);
    return 'missing';
  }
  mkdirSync(at, { recursive: true });
  if (run('mountpoint', ['-q', at]).isWell) return 'mounted';
  const mounted = run('mount', ['-t', type, '-o', 'ro,nosuid,nodev,noexec', device, at]);
  if (mounted.isWell) return 'mounted';
  troubles.push(`The partition ${label} (${device}) cannot be mounted: ${mounted.output}`);
  return 'broken';
}

function attempt<T>(read: () => T, troubles: string[]): T | undefined {
  try {
    return read();
  } catch (thrown) {
    troubles.push(thrown instanceof Error ? thrown.message : String(thrown));
    return undefined;
  }
}
