// PNG (ISO/IEC 15948) of an opaque picture: 8 bits RGB, each row as its difference from the one above.
// Packed by zlib in a thread of its own, so that viewers do not wait for a screenshot.

import { promisify } from 'node:util';
import { crc32, deflate } from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const filterUp = 2;
const pack = promisify(deflate) as (
  bytes: Uint8Array,
  options: { level: number },
) => Promise<Buffer>;

/** `pixels` are RGBA rows, packed; alpha is left out. They are read before this returns its promise. */
export async function encodePng(
  pixels: Uint8Array,
  width: number,
  height: number,
): Promise<Buffer> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const data = await pack(filtered(pixels, width, height), { level: 6 });
  return Buffer.concat([
    signature,
    ...chunk('IHDR', header),
    ...chunk('IDAT', data),
    ...chunk('IEND', Buffer.alloc(0)),
  ]);
}

function filtered(pixels: Uint8Array, width: number, height: number): Uint8Array {
  const stride = width * 4;
  const out = new Uint8Array(height * (1 + width * 3));
  const black = new Uint8Array(stride);
  let o = 0;
  for (let y = 0; y < height; y++) {
    const row = pixels.subarray(y * stride, (y + 1) * stride);
    const above = y === 0 ? black : pixels.subarray((y - 1) * stride, y * stride);
    out[o++] = filterUp;
    for (let i = 0; i < stride; i += 4) {
      out[o++] = (row[i] ?? 0) - (above[i] ?? 0);
      out[o++] = (row[i + 1] ?? 0) - (above[i + 1] ?? 0);
      out[o++] = (row[i + 2] ?? 0) - (above[i + 2] ?? 0);
    }
  }
  return out;
}

/** A chunk's pieces: length and type, data, checksum. The data is not copied. */
function chunk(type: string, data: Buffer): Buffer[] {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(data.length, 0);
  head.write(type, 4, 'latin1');
  const tail = Buffer.alloc(4);
  tail.writeUInt32BE(crc32(data, crc32(head.subarray(4))), 0);
  return [head, data, tail];
}
