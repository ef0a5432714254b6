// A picture on its way from a framer: its PNG comes in parts, before the answer that says how much it is.

import { RayError } from '../contracts/index.ts';
import { maxPngBytes } from './framer/protocol.ts';

export class PictureParts {
  readonly #parts: Buffer[] = [];
  #bytes = 0;

  /** Takes a part, base64; what is more than any picture is not kept. */
  add(png: string): void {
    const part = Buffer.from(png, 'base64');
    this.#bytes += part.length;
    if (this.#bytes <= maxPngBytes) this.#parts.push(part);
  }

  /** The whole, of `sizeBytes`. Throws INTERNAL when it is something else that has come. */
  join(sizeBytes: number): Buffer {
    if (this.#bytes === sizeBytes && sizeBytes <= maxPngBytes) return Buffer.concat(this.#parts);
    throw new RayError('INTERNAL', `of a picture of ${sizeBytes} bytes ${this.#bytes} have come`);
  }
}
