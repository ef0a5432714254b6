// The guest's sound, to the viewers that want it. QEMU is listened to only while somebody wants it; nothing is
// sent while the guest is silent; a viewer that is behind misses some, instead of hearing all of it late.

import {
  type FramerMessage,
  messageKinds,
  soundHeaderBytes,
} from '../../contracts/viewer-protocol.ts';
import type { Sound, SoundListener } from '../../hypervisor/display/index.ts';

/** What sound needs of a viewer. */
export type Hearer = {
  tell(message: FramerMessage): void;
  /** False when it was not sent, because too much is on its way already. */
  sendSound(message: Uint8Array): boolean;
};

export type SoundParts = {
  /** Listens to QEMU; `onChange` runs when something can be taken. */
  readonly open: (onChange: () => void) => Promise<SoundListener>;
  readonly now?: () => number;
};

/** Silence this long is told, and not sent. */
const restMs = 300;
/** Sent at once at most; more is what waited while this thread was busy, and the newest of it counts. */
const mostMs = 120;

const silence = { type: 'sound', rate: 0, channels: 0 } as const;
const epochNow = () => performance.timeOrigin + performance.now();

export class SoundStage implements AsyncDisposable {
  readonly #parts: SoundParts;
  /** And whether each has been told the form of what it gets. */
  readonly #hearers = new Set<Hearer>();
  #told: FramerMessage = silence;
  #listener: SoundListener | undefined;
  #opening: Promise<void> = Promise.resolve();
  #rest: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(parts: SoundParts) {
    this.#parts = parts;
  }

  /** Whether this viewer wants to hear. */
  want(hearer: Hearer, isWanted: boolean): void {
    if (this.#isOver || this.#hearers.has(hearer) === isWanted) return;
    if (isWanted) {
      this.#hearers.add(hearer);
      hearer.tell(this.#told);
    } else this.#hearers.delete(hearer);
    this.#follow();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    this.#hearers.clear();
    this.#follow();
    await this.#opening;
  }

  /** Listens while somebody hears. One change after the other: QEMU takes one listener at a time. */
  #follow(): void {
    this.#opening = this.#opening.then(async () => {
      const isWanted = this.#hearers.size > 0;
      if (isWanted === (this.#listener !== undefined)) return;
      if (isWanted) await this.#open();
      else await this.#close();
    });
  }

  async #open(): Promise<void> {
    try {
      const listener = await this.#parts.open(() => this.#pass());
      this.#listener = listener;
      void listener.closed.then(() => {
        if (this.#listener === listener) this.#listener = undefined;
      });
    } catch {
      // A guest that is silent for us: its picture goes on. The next who wants to hear tries again.
    }
  }

  async #close(): Promise<void> {
    const listener = this.#listener;
    this.#listener = undefined;
    clearTimeout(this.#rest);
    this.#told = silence;
    await listener?.[Symbol.asyncDispose]();
  }

  #pass(): void {
    const sound = this.#listener?.take();
    if (sound === undefined) return;
    if (sound.rate === 0) {
      this.#tell(silence);
      return;
    }
    const pcm = newestOf(sound);
    if (pcm.length === 0) return;
    if (isSilent(pcm)) {
      if (this.#told.type === 'sound' && this.#told.rate === 0) return;
    } else {
      clearTimeout(this.#rest);
      this.#rest = setTimeout(() => this.#tell(silence), restMs);
      this.#rest.unref();
    }
    this.#tell({ type: 'sound', rate: sound.rate, channels: sound.channels });
    const message = encodeSound(pcm, (this.#parts.now ?? epochNow)());
    for (const hearer of this.#hearers) hearer.sendSound(message);
  }

  #tell(message: Extract<FramerMessage, { type: 'sound' }>): void {
    if (JSON.stringify(message) === JSON.stringify(this.#told)) return;
    this.#told = message;
    if (message.rate === 0) clearTimeout(this.#rest);
    for (const hearer of this.#hearers) hearer.tell(message);
  }
}

/** Whole frames, the newest of them. */
function newestOf({ rate, channels, pcm }: Sound): Uint8Array {
  const frameBytes = channels * 2;
  const most = Math.floor((rate * mostMs) / 1000) * frameBytes;
  const whole = pcm.length - (pcm.length % frameBytes);
  return pcm.subarray(Math.max(0, whole - most), whole);
}

function isSilent(pcm: Uint8Array): boolean {
  for (const byte of pcm) if (byte !== 0) return false;
  return true;
}

export function encodeSound(pcm: Uint8Array, sentAt: number): Uint8Array {
  const message = new Uint8Array(soundHeaderBytes + pcm.length);
  const view = new DataView(message.buffer);
  view.setUint8(0, messageKinds.sound);
  view.setFloat64(4, sentAt, true);
  message.set(pcm, soundHeaderBytes);
  return message;
}
