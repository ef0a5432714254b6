// Small ELF files for tests: a program or library with a dynamic section, or a module with `.modinfo`.

/** An ELF file whose dynamic section asks for these libraries. */
export function dynamicElf(needed: readonly string[], runpath?: string): Buffer {
  const strings = table([...needed, ...(runpath === undefined ? [] : [runpath])]);
  const entries: [number, number][] = needed.map((_, i) => [1, strings.offsets[i] ?? 0]);
  if (runpath !== undefined) entries.push([29, strings.offsets[needed.length] ?? 0]);
  const dynamicAt = 64 + 2 * 56;
  const stringsAt = dynamicAt + (entries.length + 3) * 16;
  entries.push([5, 0x1000 + stringsAt], [10, strings.bytes.length], [0, 0]);
  const dynamic = Buffer.concat(entries.map(([tag, value]) => u64s(tag, value)));
  const size = stringsAt + strings.bytes.length;
  return Buffer.concat([
    header({ programs: 2, sectionsAt: 0, sections: 0, names: 0 }),
    segment(1, 0, 0x1000, size),
    segment(2, dynamicAt, 0x1000 + dynamicAt, dynamic.length),
    dynamic,
    strings.bytes,
  ]);
}

/** An ELF file with the section `.modinfo`, as a kernel module has. */
export function moduleElf(information: readonly string[]): Buffer {
  const content = Buffer.from(information.map((field) => `${field}\0`).join(''));
  const names = table(['.modinfo', '.shstrtab']);
  const sectionsAt = 64 + content.length + names.bytes.length;
  return Buffer.concat([
    header({ programs: 0, sectionsAt, sections: 3, names: 2 }),
    content,
    names.bytes,
    section(0, 0, 0),
    section(names.offsets[0] ?? 0, 64, content.length),
    section(names.offsets[1] ?? 0, 64 + content.length, names.bytes.length),
  ]);
}

function table(strings: readonly string[]): { bytes: Buffer; offsets: number[] } {
  let bytes = Buffer.from([0]);
  const offsets = strings.map((string) => {
    const at = bytes.length;
    bytes = Buffer.concat([bytes, Buffer.from(`${string}\0`)]);
    return at;
  });
  return { bytes, offsets };
}

function header(h: { programs: number; sectionsAt: number; sections: number; names: number }) {
  const bytes = Buffer.alloc(64);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeBigUInt64LE(BigInt(h.sectionsAt), 40);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(h.programs, 56);
  bytes.writeUInt16LE(64, 58);
  bytes.writeUInt16LE(h.sections, 60);
  bytes.writeUInt16LE(h.names, 62);
  return bytes;
}

function segment(type: number, offset: number, address: number, size: number): Buffer {
  const kind = Buffer.alloc(8);
  kind.writeUInt32LE(type);
  return Buffer.concat([kind, u64s(offset, address, address, size, size, 8)]);
}

function section(name: number, offset: number, size: number): Buffer {
  const start = Buffer.alloc(24);
  start.writeUInt32LE(name);
  return Buffer.concat([start, u64s(offset, size), Buffer.alloc(24)]);
}

function u64s(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 8);
  for (const [i, value] of values.entries()) bytes.writeBigUInt64LE(BigInt(value), i * 8);
  return bytes;
}
