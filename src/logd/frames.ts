// How messages are told apart on logd's socket: four bytes of length, big endian, then so many bytes of JSON.
// A length that is too large, or what is no JSON, ends the connection; there is no way back into step.

export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/** What anybody may send to logd at once, and the most that it answers (all its records). */
export const longestRequest = 8 * 1024;
export const longestAnswer = 1024 * 1024;

const headBytes = 4;

export function encodeFrame(value: object): Buffer {
  const json = Buffer.from(JSON.stringify(value));
  const head = Buffer.alloc(headBytes);
  head.writeUInt32BE(json.length);
  return Buffer.concat([head, json]);
}

/** Puts the bytes of a socket together again. Keeps no more than one frame. */
export class FrameSplitter {
  readonly #longest: number;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(longest: number) {
    this.#longest = longest;
  }

  /** The messages that are whole with these bytes. Throws FrameError. */
  *push(more: Uint8Array): Generator<unknown> {
    this.#bytes = this.#bytes.length === 0 ? Buffer.from(more) : Buffer.concat([this.#bytes, more]);
    for (;;) {
      if (this.#bytes.length < headBytes) return;
      const length = this.#bytes.readUInt32BE();
      if (length > this.#longest) throw new FrameError(`a message of ${length} bytes`);
      if (this.#bytes.length < headBytes + length) return;
      const json = this.#bytes.subarray(headBytes, headBytes + length).toString();
      this.#bytes = this.#bytes.subarray(headBytes + length);
      yield parse(json);
    }
  }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new FrameError('a message that is no JSON');
  }
}
