// The memory that the thread of the guest's sound shares with the framer's main thread: a ring of PCM with one
// writer and one reader, and the form that the PCM has. It has a fixed size: what does not fit is dropped.
//
// Invariants: positions only grow (modulo 2^32); the thread alone moves `written`, the main thread alone `read`.
// The form is written before `formAt`, `formAt` before `form`; a reader that sees another number in `form` than
// before skips what was written up to `formAt`, and looks again when it changed meanwhile.

/** 0.34 s of 48 kHz stereo. A power of two, so that positions wrap with it. */
export const ringBytes = 1 << 16;

const word = { wake: 0, written: 1, read: 2, form: 3, formAt: 4, rate: 5, channels: 6 } as const;

export type SoundRing = {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
};

/** Signed 16 bits, little endian, interleaved. Rate 0: no sound. */
export type SoundForm = { readonly rate: number; readonly channels: number };
export type Sound = SoundForm & { readonly pcm: Uint8Array<ArrayBuffer> };

export function createRing(): SoundRing {
  return {
    words: new Int32Array(new SharedArrayBuffer(8 * 4)),
    bytes: new Uint8Array(new SharedArrayBuffer(ringBytes)),
  };
}

/** The thread's side. */
export class RingWriter {
  readonly #ring: SoundRing;
  readonly #wake: () => void;
  #form: SoundForm = { rate: 0, channels: 0 };

  constructor(ring: SoundRing, wake: () => void) {
    this.#ring = ring;
    this.#wake = wake;
  }

  /** What follows has this form. */
  setForm(form: SoundForm): void {
    if (form.rate === this.#form.rate && form.channels === this.#form.channels) return;
    this.#form = form;
    const { words } = this.#ring;
    Atomics.store(words, word.rate, form.rate);
    Atomics.store(words, word.channels, form.channels);
    Atomics.store(words, word.formAt, Atomics.load(words, word.written));
    Atomics.add(words, word.form, 1);
    this.#raise();
  }

  /** Whole frames of the present form; those that do not fit are dropped. */
  write(pcm: Uint8Array): void {
    const frame = this.#form.channels * 2;
    if (frame === 0) return;
    const { words, bytes } = this.#ring;
    const written = Atomics.load(words, word.written);
    const waiting = (written - Atomics.load(words, word.read)) >>> 0;
    const room = Math.max(0, ringBytes - waiting);
    const length = Math.floor(Math.min(pcm.length, room) / frame) * frame;
    if (length > 0) {
      const at = (written >>> 0) % ringBytes;
      const first = Math.min(length, ringBytes - at);
      bytes.set(pcm.subarray(0, first), at);
      bytes.set(pcm.subarray(first, length), 0);
      Atomics.store(words, word.written, (written + length) | 0);
    }
    this.#raise();
  }

  #raise(): void {
    if (Atomics.exchange(this.#ring.words, word.wake, 1) === 0) this.#wake();
  }
}

/** The main thread's side. */
export class RingReader {
  readonly #ring: SoundRing;
  #form = 0;
  #rate = 0;
  #channels = 0;

  constructor(ring: SoundRing) {
    this.#ring = ring;
  }

  /** Everything that was written since, at most one ring. Never blocks. */
  take(): Sound {
    const { words, bytes } = this.#ring;
    Atomics.store(words, word.wake, 0);
    for (;;) {
      const form = Atomics.load(words, word.form);
      const rate = Atomics.load(words, word.rate);
      const channels = Atomics.load(words, word.channels);
      const formAt = Atomics.load(words, word.formAt);
      const written = Atomics.load(words, word.written);
      if (form !== Atomics.load(words, word.form)) continue;
      if (form !== this.#form) {
        this.#form = form;
        this.#rate = rate;
        this.#channels = channels;
        Atomics.store(words, word.read, formAt);
      }
      const read = Atomics.load(words, word.read);
      const length = Math.min((written - read) >>> 0, ringBytes);
      const pcm = new Uint8Array(length);
      const at = (read >>> 0) % ringBytes;
      const first = Math.min(length, ringBytes - at);
      pcm.set(bytes.subarray(at, at + first));
      pcm.set(bytes.subarray(0, length - first), first);
      Atomics.store(words, word.read, written);
      return { rate: this.#rate, channels: this.#channels, pcm };
    }
  }
}
