// Reads what the builder needs from 64-bit little-endian ELF files: which libraries they ask for
// (System V gABI, chapter 5), and a section's bytes. The file is outside data: every offset is checked.

/** A file that is not the ELF it claims to be. */
export class ElfError extends Error {
  override readonly name = 'ElfError';
}

export type ElfDynamic = {
  /** DT_NEEDED, in order. */
  readonly needed: readonly string[];
  /** DT_RUNPATH (or the older DT_RPATH), split at colons; may hold `$ORIGIN`. */
  readonly runpath: readonly string[];
  /** PT_INTERP: the path of the program's dynamic loader. */
  readonly interpreter: string | undefined;
};

const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const DT_NEEDED = 1;
const DT_STRTAB = 5;
const DT_STRSZ = 10;
const DT_RPATH = 15;
const DT_RUNPATH = 29;
/** Headers are looked at one by one; a file that claims more than this is not one of ours. */
const maxEntries = 65_536;

export function isElf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

/** The dynamic section of an ELF file; a static file has empty lists. Throws ElfError. */
export function readDynamic(bytes: Uint8Array): ElfDynamic {
  const elf = new Reader(bytes);
  const segments = elf.segments();
  const interpreterSegment = segments.find((s) => s.type === PT_INTERP);
  const interpreter =
    interpreterSegment &&
    elf.string(interpreterSegment.offset, interpreterSegment.offset + interpreterSegment.size);
  const dynamic = segments.find((s) => s.type === PT_DYNAMIC);
  if (dynamic === undefined) return { needed: [], runpath: [], interpreter };

  const entries: { tag: number; value: number }[] = [];
  for (let at = 0; at + 16 <= dynamic.size && entries.length < maxEntries; at += 16) {
    const tag = elf.u64(dynamic.offset + at);
    if (tag === 0) break;
    entries.push({ tag, value: elf.u64(dynamic.offset + at + 8) });
  }
  const first = (tag: number) => entries.find((e) => e.tag === tag)?.value;
  const wanted = entries.filter((e) => [DT_NEEDED, DT_RPATH, DT_RUNPATH].includes(e.tag));
  if (wanted.length === 0) return { needed: [], runpath: [], interpreter };

  const address = first(DT_STRTAB);
  const size = first(DT_STRSZ);
  if (address === undefined || size === undefined) throw new ElfError('names without a table');
  const home = segments.find(
    (s) => s.type === PT_LOAD && address >= s.address && address < s.address + s.size,
  );
  if (home === undefined) throw new ElfError('the table of names lies in no segment');
  const table = home.offset + (address - home.address);
  const name = (e: { value: number }) => elf.string(table + e.value, table + size);
  const runpath = entries.filter((e) => e.tag === DT_RUNPATH || e.tag === DT_RPATH).map(name);
  return {
    needed: entries.filter((e) => e.tag === DT_NEEDED).map(name),
    runpath: runpath.flatMap((p) => p.split(':')).filter((p) => p !== ''),
    interpreter,
  };
}

/** The bytes of the section called `name`; undefined when there is none. Throws ElfError. */
export function readSection(bytes: Uint8Array, name: string): Uint8Array | undefined {
  const elf = new Reader(bytes);
  const sections = elf.sections();
  const names = sections[elf.u16(62)];
  if (names === undefined) return undefined;
  const found = sections.find(
    (s) => elf.string(names.offset + s.name, names.offset + names.size) === name,
  );
  return found && elf.slice(found.offset, found.size);
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    if (bytes.length < 64 || !isElf(bytes)) throw new ElfError('not an ELF file');
    if (bytes[4] !== 2 || bytes[5] !== 1) throw new ElfError('not a 64-bit little-endian ELF file');
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #check(offset: number, size: number): void {
    if (!Number.isSafeInteger(offset) || offset < 0 || offset + size > this.#bytes.length)
      throw new ElfError(`offset ${offset} lies outside the file`);
  }

  u16(offset: number): number {
    this.#check(offset, 2);
    return this.#view.getUint16(offset, true);
  }

  u32(offset: number): number {
    this.#check(offset, 4);
    return this.#view.getUint32(offset, true);
  }

  /** As a number: beyond 2^53 no offset of a real file lies, and `#check` refuses it. */
  u64(offset: number): number {
    this.#check(offset, 8);
    return Number(this.#view.getBigUint64(offset, true));
  }

  slice(offset: number, size: number): Uint8Array {
    this.#check(offset, size);
    return this.#bytes.subarray(offset, offset + size);
  }

  /** The zero-ended string at `offset`, which has to end before `limit`. */
  string(offset: number, limit: number): string {
    this.#check(offset, 1);
    const end = this.#bytes.indexOf(0, offset);
    if (end === -1 || end >= limit) throw new ElfError('a name that does not end');
    return Buffer.from(this.#bytes.subarray(offset, end)).toString('latin1');
  }

  segments(): { type: number; offset: number; address: number; size: number }[] {
    return this.#headers(this.u64(32), this.u16(54), this.u16(56), 56, (at) => ({
      type: this.u32(at),
      offset: this.u64(at + 8),
      address: this.u64(at + 16),
      size: this.u64(at + 32),
    }));
  }

  sections(): { name: number; offset: number; size: number }[] {
    return this.#headers(this.u64(40), this.u16(58), this.u16(60), 64, (at) => ({
      name: this.u32(at),
      offset: this.u64(at + 24),
      size: this.u64(at + 32),
    }));
  }

  #headers<T>(
    table: number,
    step: number,
    count: number,
    least: number,
    read: (at: number) => T,
  ): T[] {
    if (count > 0 && step < least) throw new ElfError('headers that are too small');
    return Array.from({ length: count }, (_, i) => read(table + i * step));
  }
}
