// What QEMU calls on the listener of a guest's sound (org.qemu.Display1.AudioOutListener), checked. QEMU mixes
// all that the guest plays into one voice; a newer one replaces it. Its volume is applied here: QEMU leaves that
// to whoever listens.

import { type Incoming, readBody } from '../../dbus/message.ts';
import type { RingWriter } from './ring.ts';

/** QEMU sends 10 ms at a time; a second of the best sound is the most that is looked at. */
export const maxSoundBytes = 96_000 * 2 * 2;
const rates = { least: 8000, most: 96_000 } as const;
const loudest = 255;

type Handler = (calls: SoundCalls, message: Incoming) => void;

export const soundHandlers: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['Init', (calls, message) => calls.init(message)],
  ['Fini', (calls, message) => calls.fini(message)],
  ['SetEnabled', (calls, message) => calls.setEnabled(message)],
  ['SetVolume', (calls, message) => calls.setVolume(message)],
  ['Write', (calls, message) => calls.write(message)],
]);

export class SoundCalls {
  readonly #writer: RingWriter;
  #voice: bigint | undefined;
  #channels = 0;
  /** By channel, 0 to 1; undefined while nobody has said. */
  #gains: readonly number[] | undefined;

  constructor(writer: RingWriter) {
    this.#writer = writer;
  }

  init(message: Incoming): void {
    const [id, bits, isSigned, isFloat, rate, channels, , , isBig] = readBody(message, 'tybbuyuub');
    const isKnown = bits === 16 && isSigned && !isFloat && !isBig;
    const isSound = isKnown && rate >= rates.least && rate <= rates.most;
    if (!isSound || channels < 1 || channels > 2) {
      // Sound that we do not play is silence.
      if (this.#voice === undefined) return;
      this.#end();
      return;
    }
    this.#voice = id;
    this.#channels = channels;
    this.#gains = undefined;
    this.#writer.setForm({ rate, channels });
  }

  fini(message: Incoming): void {
    if (readBody(message, 't')[0] === this.#voice) this.#end();
  }

  /** Nothing comes from a voice that is not enabled: there is nothing to do. */
  setEnabled(message: Incoming): void {
    readBody(message, 'tb');
  }

  setVolume(message: Incoming): void {
    const [id, isMuted, volume] = readBody(message, 'tbay');
    if (id !== this.#voice) return;
    const gains = Array.from({ length: this.#channels }, (_, i) =>
      isMuted ? 0 : (volume[i] ?? volume[0] ?? loudest) / loudest,
    );
    this.#gains = gains.every((gain) => gain === 1) ? undefined : gains;
  }

  write(message: Incoming): void {
    const [id, data] = readBody(message, 'tay');
    if (id !== this.#voice || data.length > maxSoundBytes) return;
    this.#writer.write(this.#gains === undefined ? data : scaled(data, this.#gains));
  }

  #end(): void {
    this.#voice = undefined;
    this.#gains = undefined;
    this.#writer.setForm({ rate: 0, channels: 0 });
  }
}

/** Samples of 16 bits made quieter, channel by channel. */
function scaled(pcm: Uint8Array, gains: readonly number[]): Uint8Array {
  const quieter = new Uint8Array(pcm.length & ~1);
  const from = new DataView(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  const to = new DataView(quieter.buffer);
  for (let at = 0; at + 1 < pcm.length; at += 2) {
    const gain = gains[(at / 2) % gains.length] ?? 1;
    to.setInt16(at, from.getInt16(at, true) * gain, true);
  }
  return quieter;
}
