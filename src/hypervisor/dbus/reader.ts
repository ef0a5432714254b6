// Bytes to values, for bytes from a QEMU that may be hostile: every length is checked before it is
// used, nesting and the number of values are bounded, and the only error is QEMU_PROTOCOL.

import { isUtf8 } from 'node:buffer';
import {
  alignment,
  type BasicCode,
  maxDepth,
  parseSignature,
  protocolError,
  type Type,
} from './signature.ts';
import type { Value } from './value.ts';

/** Values in one message; pixels count as one. The longest honest list is that of consoles. */
const maxValues = 4096;
const maxTextBytes = 1024 * 1024;

export class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at: number;
  #values = 0;

  /** Reads from `at`; alignment counts from the beginning of `bytes`. */
  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = at;
  }

  get position(): number {
    return this.#at;
  }

  align(to: number): void {
    this.#take((to - (this.#at % to)) % to);
  }

  read(type: Type, depth = 0): Value {
    if (depth > maxDepth) throw protocolError('values that are nested too deeply');
    if (++this.#values > maxValues) throw protocolError('a message with too many values');
    switch (type.kind) {
      case 'basic':
        return this.#readBasic(type.code);
      case 'variant': {
        const signature = this.#readSignature();
        const [inner, ...more] = parseSignature(signature);
        if (inner === undefined || more.length > 0) throw protocolError('a variant of many types');
        return { signature, value: this.read(inner, depth + 1) };
      }
      case 'bytes': {
        const length = this.#uint32();
        const at = this.#take(length);
        return this.#bytes.subarray(at, at + length);
      }
      case 'array': {
        const values: Value[] = [];
        this.#readElements(alignment(type.element), () => {
          values.push(this.read(type.element, depth + 1));
        });
        return values;
      }
      case 'dictionary': {
        const entries = new Map<Value, Value>();
        this.#readElements(8, () => {
          this.align(8);
          const key = this.read(type.key, depth + 1);
          entries.set(key, this.read(type.value, depth + 1));
        });
        return entries;
      }
      case 'struct':
        this.align(8);
        return type.members.map((member) => this.read(member, depth + 1));
    }
  }

  #readElements(elementAlignment: number, readOne: () => void): void {
    const length = this.#uint32();
    this.align(elementAlignment);
    const end = this.#at + length;
    if (end > this.#bytes.length) throw protocolError('an array that goes beyond its message');
    while (this.#at < end) readOne();
    if (this.#at !== end) throw protocolError('an array whose last element goes beyond it');
  }

  #readBasic(code: BasicCode): Value {
    switch (code) {
      case 'y':
        return this.#view.getUint8(this.#take(1));
      case 'b': {
        const value = this.#uint32();
        if (value > 1) throw protocolError(`the truth value ${value}`);
        return value === 1;
      }
      case 'n':
        return this.#view.getInt16(this.#aligned(2), true);
      case 'q':
        return this.#view.getUint16(this.#aligned(2), true);
      case 'i':
        return this.#view.getInt32(this.#aligned(4), true);
      case 'u':
      case 'h':
        return this.#uint32();
      case 'x':
        return this.#view.getBigInt64(this.#aligned(8), true);
      case 't':
        return this.#view.getBigUint64(this.#aligned(8), true);
      case 'd':
        return this.#view.getFloat64(this.#aligned(8), true);
      case 's':
      case 'o':
        return this.#text(this.#uint32());
      case 'g':
        return this.#readSignature();
    }
  }

  #readSignature(): string {
    return this.#text(this.#view.getUint8(this.#take(1)));
  }

  #text(length: number): string {
    if (length > maxTextBytes) throw protocolError(`a text of ${length} bytes`);
    const at = this.#take(length + 1);
    const text = this.#bytes.subarray(at, at + length);
    if (this.#bytes[at + length] !== 0 || text.includes(0) || !isUtf8(text))
      throw protocolError('a text that is no UTF-8');
    return Buffer.from(text.buffer, text.byteOffset, length).toString();
  }

  #uint32(): number {
    return this.#view.getUint32(this.#aligned(4), true);
  }

  #aligned(size: number): number {
    this.align(size);
    return this.#take(size);
  }

  /** Where the next `size` bytes begin; they are there. */
  #take(size: number): number {
    const at = this.#at;
    if (at + size > this.#bytes.length) throw protocolError('a message that is cut short');
    this.#at = at + size;
    return at;
  }
}
