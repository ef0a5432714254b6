// Bytes to lines, with a limit: QEMU's process may be in a guest's hands, and may never end a line.

import { RayError } from '../../contracts/index.ts';

/** The longest honest answer is `query-qmp-schema`, of about 300 KB. */
export const maxLineBytes = 4 * 1024 * 1024;

export class LineSplitter {
  readonly #limit: number;
  /** The beginning of a line whose end has not come; copied, so that tiny pieces cost their size only. */
  #held = Buffer.alloc(1024);
  #length = 0;

  constructor(limit = maxLineBytes) {
    this.#limit = limit;
  }

  /** The lines that end in `bytes`, without their ends. Throws QEMU_PROTOCOL for one beyond the limit. */
  *push(bytes: Uint8Array): Generator<string> {
    for (let rest = bytes; rest.length > 0; ) {
      const end = rest.indexOf(0x0a);
      this.#hold(end < 0 ? rest : rest.subarray(0, end));
      if (end < 0) return;
      rest = rest.subarray(end + 1);
      const line = this.#held.toString('utf8', 0, this.#length);
      this.#length = 0;
      yield line.endsWith('\r') ? line.slice(0, -1) : line;
    }
  }

  #hold(part: Uint8Array): void {
    const length = this.#length + part.length;
    if (length > this.#limit)
      throw new RayError('QEMU_PROTOCOL', `QEMU sent a line of more than ${this.#limit} bytes`);
    if (length > this.#held.length) {
      const larger = Buffer.alloc(Math.max(length, this.#held.length * 2));
      larger.set(this.#held.subarray(0, this.#length));
      this.#held = larger;
    }
    this.#held.set(part, this.#length);
    this.#length = length;
  }
}
