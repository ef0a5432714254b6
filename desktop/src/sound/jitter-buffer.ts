// Sound between the network and the loudspeaker. It begins to play when a little is there, so that what comes
// unevenly is heard evenly; it waits longer after it has run dry; and when more has gathered than a moment,
// the oldest is left out: what is heard is never late.

export type Form = { readonly rate: number; readonly channels: number };

const firstMs = 60;
const moreMs = 20;
const longestMs = 160;
/** What may wait beyond the moment that it began with. */
const slackMs = 120;
const ringSeconds = 1;

export class JitterBuffer {
  readonly #outRate: number;
  #form: Form = { rate: 0, channels: 0 };
  #samples = new Int16Array(0);
  /** In frames; `read` goes in fractions where the rates differ. Both only grow. */
  #written = 0;
  #read = 0;
  #waitMs = firstMs;
  #isPlaying = false;
  #isEnding = false;

  /** `outRate`: frames a second that are pulled. */
  constructor(outRate: number) {
    this.#outRate = outRate;
  }

  /** Milliseconds that wait to be heard. */
  get waitingMs(): number {
    return this.#form.rate === 0 ? 0 : ((this.#written - this.#read) / this.#form.rate) * 1000;
  }

  get isPlaying(): boolean {
    return this.#isPlaying;
  }

  /** What follows has this form. Rate 0: nothing follows, and what is there is played to its end. */
  setForm(form: Form): void {
    if (form.rate <= 0 || form.channels < 1) {
      this.#isEnding = true;
      return;
    }
    this.#isEnding = false;
    if (form.rate === this.#form.rate && form.channels === this.#form.channels) return;
    this.#form = form;
    this.#samples = new Int16Array(form.rate * ringSeconds * form.channels);
    this.#written = 0;
    this.#read = 0;
    this.#waitMs = firstMs;
    this.#isPlaying = false;
  }

  /** Interleaved samples; a last frame that is not whole is left out. */
  push(samples: Int16Array): void {
    const { rate, channels } = this.#form;
    if (rate === 0) return;
    this.#isEnding = false;
    const ringFrames = this.#samples.length / channels;
    const frames = Math.min(Math.floor(samples.length / channels), ringFrames);
    const start = Math.floor(samples.length / channels - frames) * channels;
    for (let i = 0; i < frames; i++) {
      const at = ((this.#written + i) % ringFrames) * channels;
      for (let c = 0; c < channels; c++)
        this.#samples[at + c] = samples[start + i * channels + c] ?? 0;
    }
    this.#written += frames;
    if (this.waitingMs > this.#waitMs + slackMs)
      this.#read = this.#written - Math.round((rate * this.#waitMs) / 1000);
  }

  /** Fills one array for each channel, with silence where there is nothing. One channel is heard in all. */
  pull(outputs: readonly Float32Array[]): void {
    const { rate, channels } = this.#form;
    const frames = outputs[0]?.length ?? 0;
    if (!this.#isPlaying && rate > 0)
      this.#isPlaying = this.waitingMs >= (this.#isEnding ? 1 : this.#waitMs);
    const ringFrames = channels === 0 ? 0 : this.#samples.length / channels;
    const step = rate / this.#outRate;
    for (let i = 0; i < frames; i++) {
      // One more than is played, so that there is something to go towards.
      if (this.#isPlaying && this.#read + 1 >= this.#written) this.#ranDry();
      const isHeard = this.#isPlaying;
      const whole = Math.floor(this.#read);
      const part = this.#read - whole;
      outputs.forEach((output, c) => {
        const channel = Math.min(c, channels - 1);
        const a = this.#samples[(whole % ringFrames) * channels + channel] ?? 0;
        const b = this.#samples[((whole + 1) % ringFrames) * channels + channel] ?? 0;
        output[i] = isHeard ? (a + (b - a) * part) / 32_768 : 0;
      });
      if (isHeard) this.#read += step;
    }
  }

  #ranDry(): void {
    this.#isPlaying = false;
    if (this.#isEnding) this.#read = this.#written;
    else this.#waitMs = Math.min(longestMs, this.#waitMs + moreMs);
  }
}
