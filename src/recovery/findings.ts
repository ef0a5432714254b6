// What recovery finds when it starts: entries, records of boots, slots and state, each looked at without
// writing. What cannot be read is a finding too, with the reason in words.

import { mkdirSync } from 'node:fs';
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
import { readLoaderFacts } from '../host/efivars.ts';
import type { Run } from './command.ts';
import { beginsAs, deviceOf, type Label, partitionId, partitionIdOf } from './partitions.ts';
import { readUki, type Uki } from './uki.ts';
import { type FoundVersion, startedByOf, type Why, whyOf } from './why.ts';

export const places = {
  efi: '/run/rayos-recovery/efi',
  log: '/run/rayos-recovery/log',
  state: '/run/rayos-recovery/state',
} as const;

export type Slot = {
  readonly name: 'A' | 'B';
  /** The version whose entry insists on this slot's hash. */
  readonly version: string | undefined;
  /** `present`: both partitions begin as they should. They are not read through. */
  readonly state: 'empty' | 'present' | 'damaged' | 'missing';
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

type FoundUki = { readonly entry: BootEntry; readonly uki: Uki };

/** Looks at all of it. The partitions are mounted for that; only the state is unmounted again. */
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
  return {
    why: whyOf({
      versions: entries && versionsOf(entries, ukis, slots),
      startedBy: startedByOf(readLoaderFacts().selected),
      isStateBroken: state === 'broken',
    }),
    decision,
    entries: entries ?? [],
    slots,
    records: records ?? [],
    troubles,
  };
}

/** The entries that start the system, and which of them are damaged: their UKI, or the slot that it starts. */
export function versionsOf(
  entries: readonly BootEntry[],
  readable: readonly { readonly entry: BootEntry }[],
  slots: readonly Slot[],
): FoundVersion[] {
  const isReadable = (wanted: BootEntry) => readable.some(({ entry }) => entry === wanted);
  const isSlotDamaged = (version: string) =>
    slots.some((slot) => slot.state === 'damaged' && slot.version === version);
  return entries
    .filter(({ kind }) => kind === 'system')
    .map((entry) => ({ entry, isDamaged: !isReadable(entry) || isSlotDamaged(entry.version) }));
}

function findSlot(name: 'A' | 'B', ukis: readonly FoundUki[]): Slot {
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
    state: isEmpty ? 'empty' : isSystem && isHashed ? 'present' : 'damaged',
  };
}

function mountReadOnly(
  run: Run,
  label: Label,
  at: string,
  type: string,
  troubles: string[],
): 'mounted' | 'missing' | 'slow' | 'broken' {
  const device = deviceOf(label);
  if (device === undefined) {
    troubles.push(`The partition ${label} was not found.`);
    return 'missing';
  }
  mkdirSync(at, { recursive: true });
  if (run('mountpoint', ['-q', at]).isWell) return 'mounted';
  const mounted = run('mount', ['-t', type, '-o', 'ro,nosuid,nodev,noexec', device, at]);
  if (mounted.isWell) return 'mounted';
  if (mounted.isCutOff) {
    run('umount', [at]); // the kernel may have finished what mount was ended for
    troubles.push(`The partition ${label} (${device}) was not mounted within a minute.`);
    return 'slow';
  }
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
