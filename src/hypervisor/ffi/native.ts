// Memory whose address a system call may be given. The bytes of an ArrayBuffer lie outside of the
// JavaScript heap and are never moved; they are freed when the buffer is no longer referenced.

import koffi from 'koffi';

export class NativeBuffer {
  readonly address: bigint;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView<ArrayBuffer>;

  constructor(size: number) {
    const memory = new ArrayBuffer(size);
    this.address = koffi.address(memory);
    this.bytes = new Uint8Array(memory);
    this.view = new DataView(memory);
  }
}
