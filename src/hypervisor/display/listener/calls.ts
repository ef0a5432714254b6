// What QEMU calls on a listener (ui/dbus-display1.xml), checked, and carried to the board. Nothing here
// waits or answers: the thread has answered before.

import { fstatSync } from 'node:fs';
import { type Incoming, readBody } from '../../dbus/message.ts';
import { protocolError } from '../../dbus/signature.ts';
import { type Geometry, refusal } from '../geometry.ts';
import { pixelFormat } from '../pixels.ts';
import { maxCursorSize } from './board.ts';
import type { Publisher } from './publish.ts';

type Handler = (calls: ListenerCalls, message: Incoming, fds: number[]) => void;

/** Members that QEMU may call; any other is answered with an error. */
export const handlers: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['ScanoutMap', (calls, message, fds) => calls.scanoutMap(message, fds)],
  ['UpdateMap', (calls, message) => calls.updateMap(message)],
  ['Scanout', (calls, message) => calls.scanout(message)],
  ['Update', (calls, message) => calls.update(message)],
  ['Disable', (calls) => calls.disable()],
  ['CursorDefine', (calls, message) => calls.cursorDefine(message)],
  ['MouseSet', (calls, message) => calls.mouseSet(message)],
]);

export class ListenerCalls {
  readonly #publisher: Publisher;
  /** Of the scanout whose pixels come in messages, as QEMU sends it, with rows packed tightly. */
  #geometry: Geometry | undefined;

  constructor(publisher: Publisher) {
    this.#publisher = publisher;
  }

  /** Takes the first of `fds` out when it keeps it; the others are the caller's to close. */
  scanoutMap(message: Incoming, fds: number[]): void {
    const [, offset, width, height, stride, format] = readBody(message, 'huuuuu');
    const fd = fds[0];
    if (fd === undefined) throw protocolError('ScanoutMap without its memory');
    this.#geometry = undefined;
    const geometry = { width, height, stride, format, offset };
    const reason = refusal(geometry, sizeOf(fd));
    if (reason !== undefined) {
      this.#publisher.showNothing('refused', reason);
      return;
    }
    fds.shift();
    this.#publisher.showMap(geometry, fd);
  }

  updateMap(message: Incoming): void {
    const [x, y, width, height] = readBody(message, 'iiii');
    this.#publisher.damage({ x, y, width, height });
  }

  scanout(message: Incoming): void {
    const [width, height, stride, format, data] = readBody(message, 'uuuuay');
    const reason = refusal({ width, height, stride, format, offset: 0 }, data.length);
    if (reason !== undefined) {
      this.#geometry = undefined;
      this.#publisher.showNothing('refused', reason);
      return;
    }
    const rowBytes = width * (pixelFormat(format)?.bytesPerPixel ?? 4);
    const old = this.#geometry;
    // QEMU sends a whole scanout for every update of the whole screen: that is damage, not another one.
    if (old?.width !== width || old.height !== height || old.format !== format) {
      this.#geometry = { width, height, stride: rowBytes, format, offset: 0 };
      this.#publisher.showMessages(this.#geometry);
      const target = { at: 0, targetStride: rowBytes };
      this.#publisher.writeRows({ source: data, stride, rows: height, rowBytes, ...target });
      this.#publisher.damage({ x: 0, y: 0, width, height });
    } else this.#publisher.writePicture(data, stride, height, rowBytes);
  }

  update(message: Incoming): void {
    const [x, y, width, height, stride, format, data] = readBody(message, 'iiiiuuay');
    const screen = this.#geometry;
    if (screen === undefined) return;
    // QEMU 7.2 does not tell of every switch of VGA's mode: this is of a screen that we do not know.
    if (format !== screen.format) return;
    const bytesPerPixel = pixelFormat(format)?.bytesPerPixel ?? 4;
    if (width < 1 || height < 1 || stride < width * bytesPerPixel) return;
    if (stride * (height - 1) + width * bytesPerPixel > data.length)
      throw protocolError('an update with fewer pixels than it has');
    const left = Math.max(0, x);
    const top = Math.max(0, y);
    const right = Math.min(screen.width, x + width);
    const bottom = Math.min(screen.height, y + height);
    if (left >= right || top >= bottom) return;
    this.#publisher.writeRows({
      source: data.subarray((top - y) * stride + (left - x) * bytesPerPixel),
      stride,
      rows: bottom - top,
      rowBytes: (right - left) * bytesPerPixel,
      at: top * screen.stride + left * bytesPerPixel,
      targetStride: screen.stride,
    });
    this.#publisher.damage({ x: left, y: top, width: right - left, height: bottom - top });
  }

  disable(): void {
    this.#geometry = undefined;
    this.#publisher.showNothing('off', 'the guest has switched its screen off');
  }

  cursorDefine(message: Incoming): void {
    const [width, height, hotX, hotY, data] = readBody(message, 'iiiiay');
    const isInRange = (size: number) => size >= 1 && size <= maxCursorSize;
    if (!isInRange(width) || !isInRange(height) || data.length !== width * height * 4) return;
    // The guest chooses the hot spot, any 32 bits, and QEMU passes it on unseen.
    const hot = { hotX: within(hotX, width), hotY: within(hotY, height) };
    this.#publisher.cursor({ width, height, ...hot, pixels: data });
  }

  mouseSet(message: Incoming): void {
    const [x, y, on] = readBody(message, 'iii');
    this.#publisher.pointer(x, y, on !== 0);
  }
}

function within(at: number, size: number): number {
  return Math.max(0, Math.min(size - 1, at));
}

/** Only regular files (a memfd is one) are read by position; anything else has no size that counts. */
function sizeOf(fd: number): number {
  const status = fstatSync(fd);
  return status.isFile() ? status.size : 0;
}
