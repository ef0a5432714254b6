// For tests of parsers: a kept corpus beside each parser (`corpus/`, honest inputs and those that once broke
// something), and mutations of it. A parser of outside bytes may throw nothing but the errors that it
// declares, and has to end. What breaks it is printed as base64: put it into the corpus, then mend the parser.

import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';

export type Seed = { readonly name: string; readonly bytes: Buffer };

const times = Number(process.env.RAYOS_FUZZ ?? 1);

/** The corpus of a folder; a file that ends with `.gz` is unpacked. */
export function corpusOf(folder: string): Seed[] {
  const names = readdirSync(folder).sort();
  if (names.length === 0) throw new Error(`there is no corpus in ${folder}`);
  return names.map((name) => {
    const bytes = readFileSync(join(folder, name));
    return { name, bytes: name.endsWith('.gz') ? gunzipSync(bytes) : bytes };
  });
}

/** Numbers at the edges of what a field can hold. */
const edges = [0n, 1n, 0x7fn, 0x80n, 0xffn, 0xffffn, 0x7fffffffn, 0x80000000n, 0xffffffffn];
const largest = [2n ** 53n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n];

type Edit = (bytes: Buffer) => Buffer;

const at = (place: number, bytes: Buffer) => (bytes.length === 0 ? 0 : place % bytes.length);
/** Most of what a parser believes is at the beginning. */
const place = fc.oneof(fc.nat(128), fc.nat(4096), fc.nat());

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(place, fc.nat(255)).map(
    ([where, value]): Edit =>
      (bytes) => {
        if (bytes.length > 0) bytes[at(where, bytes)] = value;
        return bytes;
      },
  ),
  fc.tuple(place, fc.nat(7)).map(
    ([where, bit]): Edit =>
      (bytes) => {
        const i = at(where, bytes);
        if (bytes.length > 0) bytes[i] = (bytes[i] ?? 0) ^ (1 << bit);
        return bytes;
      },
  ),
  fc
    .tuple(place, fc.constantFrom(2, 4, 8), fc.constantFrom(...edges, ...largest), fc.boolean())
    .map(
      ([where, size, value, isBig]): Edit =>
        (bytes) => {
          const field = Buffer.alloc(8);
          if (isBig)
            field.writeBigUInt64BE(BigInt.asUintN(size * 8, value) << BigInt(64 - size * 8));
          else field.writeBigUInt64LE(BigInt.asUintN(size * 8, value));
          field.copy(bytes, at(where, bytes), 0, size);
          return bytes;
        },
    ),
  place.map(
    (where): Edit =>
      (bytes) =>
        bytes.subarray(0, at(where, bytes)),
  ),
  fc.tuple(place, place).map(
    ([from, to]): Edit =>
      (bytes) => {
        const [a, b] = [at(from, bytes), at(to, bytes)].sort((x, y) => x - y);
        return Buffer.concat([bytes.subarray(0, b), bytes.subarray(a)]);
      },
  ),
  fc.tuple(place, fc.uint8Array({ maxLength: 64 })).map(
    ([where, more]): Edit =>
      (bytes) =>
        Buffer.concat([
          bytes.subarray(0, at(where, bytes)),
          more,
          bytes.subarray(at(where, bytes)),
        ]),
  ),
);

/** Inputs that are nearly those of the corpus. */
export function mutated(seeds: readonly Seed[]): fc.Arbitrary<Buffer> {
  return fc
    .tuple(fc.constantFrom(...seeds), fc.array(edit, { minLength: 1, maxLength: 8 }))
    .map(([seed, edits]) =>
      edits.reduce<Buffer>((bytes, one) => one(bytes), Buffer.from(seed.bytes)),
    );
}

/**
 * Gives the parser the corpus as it is, then `runs` mutations of it and some plain noise. `parse` throws for
 * what it should not have done. RAYOS_FUZZ=100 looks a hundred times as long.
 */
export function fuzz(folder: string, parse: (bytes: Buffer) => void, runs = 3000): void {
  const seeds = corpusOf(folder);
  for (const { name, bytes } of seeds) tried(() => parse(bytes), `${basename(folder)}/${name}`);
  const noise = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
  const inputs = fc.oneof(
    { weight: 9, arbitrary: mutated(seeds) },
    { weight: 1, arbitrary: noise },
  );
  const property = fc.property(inputs, (bytes) =>
    tried(() => parse(Buffer.from(bytes)), bytes.subarray(0, 3000).toString('base64')),
  );
  fc.assert(property, { numRuns: runs * times, endOnFailure: bytesAreLarge(seeds) });
}

/** To make a large input smaller takes longer than to look at it. */
const bytesAreLarge = (seeds: readonly Seed[]) => seeds.some(({ bytes }) => bytes.length > 100_000);

function tried(parse: () => void, what: string): void {
  try {
    parse();
  } catch (thrown) {
    throw new Error(`with ${what}: ${thrown instanceof Error ? thrown.stack : thrown}`);
  }
}
