// The loudspeaker of one guest's window. Browsers let a page sound only after the person has done something in
// it: until then nothing is asked of the guest either.

import playback from './playback.worklet.ts?worker&url';

/** Nearly every guest and sound card has it: nothing needs to be resampled then. */
const sampleRate = 48_000;
/** A third of a second: what diagnostics see. */
const seenSamples = 16_384;

export class Player implements Disposable {
  readonly #context = new AudioContext({ sampleRate, latencyHint: 'interactive' });
  readonly #gain = this.#context.createGain();
  readonly #meter = new AnalyserNode(this.#context, { fftSize: seenSamples });
  readonly #port: Promise<MessagePort>;

  constructor() {
    this.#gain.connect(this.#context.destination);
    this.#port = this.#open();
    this.#port.catch(() => {});
  }

  /** What is sent there is heard: a form, or PCM. For the window's worker. */
  get port(): Promise<MessagePort> {
    return this.#port;
  }

  /** Goes on where the browser had stopped it, if it lets us. */
  wake(): void {
    if (this.#context.state !== 'running') void this.#context.resume().catch(() => {});
  }

  /** 0 to 1. Ears hear by ratios: half way is a quarter of the power. */
  setVolume(volume: number): void {
    this.#gain.gain.setTargetAtTime(volume ** 2, this.#context.currentTime, 0.02);
  }

  /** What was heard last. Diagnostics only. */
  samples(): { readonly rate: number; readonly samples: number[] } {
    const samples = new Float32Array(seenSamples);
    this.#meter.getFloatTimeDomainData(samples);
    return { rate: this.#context.sampleRate, samples: [...samples] };
  }

  [Symbol.dispose](): void {
    void this.#context.close();
  }

  async #open(): Promise<MessagePort> {
    this.wake();
    await this.#context.audioWorklet.addModule(playback);
    const node = new AudioWorkletNode(this.#context, 'rayos-playback', {
      numberOfInputs: 0,
      outputChannelCount: [2],
    });
    node.connect(this.#meter).connect(this.#gain);
    const { port1, port2 } = new MessageChannel();
    node.port.postMessage('source', [port1]);
    return port2;
  }
}
