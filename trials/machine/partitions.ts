// The partitions of a disk, from `sfdisk --json`.

export type Partition = {
  /** Its label; empty where it has none. */
  readonly label: string;
  /** Its identity (PARTUUID). */
  readonly uuid: string;
  readonly startBytes: number;
  readonly sizeBytes: number;
  readonly isEsp: boolean;
};

const espType = 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b';

export function parsePartitions(json: string): Partition[] {
  const table = field(JSON.parse(json), 'partitiontable');
  const sector = Number(field(table, 'sectorsize') ?? 512);
  const list = field(table, 'partitions');
  if (!Array.isArray(list)) return [];
  return list.map((one: unknown) => ({
    label: String(field(one, 'name') ?? ''),
    uuid: String(field(one, 'uuid') ?? ''),
    startBytes: Number(field(one, 'start')) * sector,
    sizeBytes: Number(field(one, 'size')) * sector,
    isEsp: String(field(one, 'type') ?? '').toLowerCase() === espType,
  }));
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}
