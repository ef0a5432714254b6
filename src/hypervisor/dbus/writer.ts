// Values to bytes: little endian, aligned as the D-Bus specification's "Marshaling" says. What we send
// is small, and our own code wrote it: a value that does not fit its type is a TypeError or RangeError.

import { alignment, type BasicCode, parseSignature, type Type } from './signature.ts';
import type { Value, Variant } from './value.ts';

export class Writer {
  #bytes = Buffer.alloc(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  align(to: number): void {
    this.#reserve((to - (this.#length % to)) % to);
  }

  write(type: Type, value: Value): void {
    switch (type.kind) {
      case 'basic':
        this.#writeBasic(type.code, value);
        break;
      case 'variant':
        this.#writeVariant(expectVariant(value));
        break;
      case 'bytes':
        if (!(value instanceof Uint8Array)) throw new TypeError('bytes expected');
        this.uint32(value.length);
        this.#append(value);
        break;
      case 'array': {
        const elements = expectArray(value);
        this.#writeArray(alignment(type.element), elements, (element) => {
          this.write(type.element, element);
        });
        break;
      }
      case 'dictionary':
        if (!(value instanceof Map)) throw new TypeError('a Map expected');
        this.#writeArray(8, value as ReadonlyMap<Value, Value>, ([key, entry]) => {
          this.align(8);
          this.write(type.key, key);
          this.write(type.value, entry);
        });
        break;
      case 'struct':
        this.#writeStruct(type.members, expectArray(value));
    }
  }

  uint8(value: number): void {
    const at = this.#reserve(1); // may replace the buffer
    this.#bytes.writeUInt8(value, at);
  }

  uint32(value: number): void {
    this.align(4);
    const at = this.#reserve(4);
    this.#bytes.writeUInt32LE(value, at);
  }

  #writeVariant({ signature, value }: Variant): void {
    const [type, ...more] = parseSignature(signature);
    if (type === undefined || more.length > 0) throw new TypeError('a variant holds one type');
    this.#writeBasic('g', signature);
    this.write(type, value);
  }

  #writeStruct(members: readonly Type[], values: readonly Value[]): void {
    if (values.length !== members.length) throw new TypeError('a struct of another length');
    this.align(8);
    members.forEach((member, i) => {
      this.write(member, values[i] as Value);
    });
  }

  #writeArray<T>(elementAlignment: number, elements: Iterable<T>, write: (one: T) => void): void {
    this.uint32(0);
    const lengthAt = this.#length - 4;
    this.align(elementAlignment);
    const start = this.#length;
    for (const element of elements) write(element);
    this.#bytes.writeUInt32LE(this.#length - start, lengthAt);
  }

  #writeBasic(code: BasicCode, value: Value): void {
    switch (code) {
      case 's':
      case 'o':
      case 'g':
        this.#writeText(value, code === 'g');
        break;
      case 'b':
        this.uint32(value === true ? 1 : 0);
        break;
      case 'x':
      case 't':
        this.#writeWide(code, BigInt(expectNumeric(value)));
        break;
      default:
        this.#writeNumber(code, Number(expectNumeric(value)));
    }
  }

  #writeWide(code: 'x' | 't', value: bigint): void {
    this.align(8);
    const at = this.#reserve(8);
    if (code === 'x') this.#bytes.writeBigInt64LE(value, at);
    else this.#bytes.writeBigUInt64LE(value, at);
  }

  #writeNumber(code: 'y' | 'n' | 'q' | 'i' | 'u' | 'd' | 'h', value: number): void {
    const size = code === 'y' ? 1 : code === 'n' || code === 'q' ? 2 : code === 'd' ? 8 : 4;
    this.align(size);
    const at = this.#reserve(size);
    const bytes = this.#bytes;
    if (code === 'y') bytes.writeUInt8(value, at);
    else if (code === 'n') bytes.writeInt16LE(value, at);
    else if (code === 'q') bytes.writeUInt16LE(value, at);
    else if (code === 'i') bytes.writeInt32LE(value, at);
    else if (code === 'd') bytes.writeDoubleLE(value, at);
    else bytes.writeUInt32LE(value, at);
  }

  #writeText(value: Value, isSignature: boolean): void {
    if (typeof value !== 'string') throw new TypeError('a text expected');
    const encoded = Buffer.from(value);
    if (isSignature) this.uint8(encoded.length);
    else this.uint32(encoded.length);
    this.#append(encoded);
    this.uint8(0);
  }

  #append(bytes: Uint8Array): void {
    const at = this.#reserve(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** Makes room for `size` bytes, zeroed, and returns where they begin. */
  #reserve(size: number): number {
    const at = this.#length;
    if (at + size > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(this.#bytes.length * 2, at + size));
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
    }
    this.#length = at + size;
    return at;
  }
}

function expectNumeric(value: Value): number | bigint {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  throw new TypeError('a number expected');
}

function expectArray(value: Value): readonly Value[] {
  if (Array.isArray(value)) return value;
  throw new TypeError('an array expected');
}

function expectVariant(value: Value): Variant {
  if (typeof value === 'object' && 'signature' in value) return value;
  throw new TypeError('a variant expected');
}
