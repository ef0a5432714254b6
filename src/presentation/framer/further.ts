// The listener of a further screen, which is not waited for. One that cannot be had, or that ends, makes its own
// screen idle, in words; the guest's other screens go on.

import { asRayError } from '../../contracts/errors.ts';
import type {
  Cursor,
  DisplayListener,
  Idle,
  Pointer,
  ScanoutPath,
  Taken,
} from '../../hypervisor/display/index.ts';

export class FurtherListener implements DisplayListener {
  #inner: DisplayListener | undefined;
  #lost: Idle | undefined;
  #onChange: () => void = () => {};
  #onCursor: (cursor: Cursor) => void = () => {};
  #onPointer: (pointer: Pointer) => void = () => {};
  readonly closed: Promise<string>;

  /** `coming` then belongs to this one. */
  constructor(coming: Promise<DisplayListener>) {
    this.closed = this.#follow(coming);
  }

  get path(): ScanoutPath {
    return this.#inner?.path ?? 'none';
  }

  take(): Taken | undefined {
    const idle = this.#lost;
    this.#lost = undefined;
    return idle === undefined ? this.#inner?.take() : { idle, damagedAt: 0 };
  }

  onChange(callback: () => void): void {
    this.#onChange = callback;
  }

  onCursor(callback: (cursor: Cursor) => void): void {
    this.#onCursor = callback;
  }

  onPointer(callback: (pointer: Pointer) => void): void {
    this.#onPointer = callback;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inner?.[Symbol.asyncDispose]();
  }

  async #follow(coming: Promise<DisplayListener>): Promise<string> {
    const reason = await this.#untilClosed(coming).catch((thrown) => asRayError(thrown).message);
    this.#inner = undefined;
    this.#lost = { reason: 'no-scanout', detail: `this screen was lost: ${reason}` };
    this.#onChange();
    return reason;
  }

  async #untilClosed(coming: Promise<DisplayListener>): Promise<string> {
    await using inner = await coming;
    this.#inner = inner;
    inner.onCursor((cursor) => this.#onCursor(cursor));
    inner.onPointer((pointer) => this.#onPointer(pointer));
    inner.onChange(() => this.#onChange());
    return await inner.closed;
  }
}
