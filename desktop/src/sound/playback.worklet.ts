// Runs where the browser makes sound: takes PCM from the window's worker, through a port of its own, so that
// neither the page's main thread nor a frame that is being painted interrupts it.

import { type Form, JitterBuffer } from './jitter-buffer.ts';

/** What of an AudioWorklet's global scope is used; the page's types lack it. */
declare const sampleRate: number;
declare function registerProcessor(name: string, processor: unknown): void;
declare const AudioWorkletProcessor: new () => { readonly port: MessagePort };

export type ToPlayback = Form | ArrayBuffer;

class Playback extends AudioWorkletProcessor {
  readonly #buffer = new JitterBuffer(sampleRate);

  constructor() {
    super();
    this.port.onmessage = ({ ports }) => {
      const [source] = ports;
      if (source) source.onmessage = ({ data }) => this.#take(data as ToPlayback);
    };
  }

  process(_inputs: unknown, [output = []]: Float32Array[][]): boolean {
    this.#buffer.pull(output);
    return true;
  }

  #take(message: ToPlayback): void {
    if (!(message instanceof ArrayBuffer)) this.#buffer.setForm(message);
    else this.#buffer.push(new Int16Array(message, 0, message.byteLength >> 1));
  }
}

registerProcessor('rayos-playback', Playback);
