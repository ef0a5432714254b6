// What a viewer's connection can carry, from when frames were sent and when they were said to be drawn.

/** A connection with a shorter round trip is a cable or this machine: what is slow there is no link. */
export const nearMs = 5;
/** What is believed of a far connection before anything was measured: 20 Mbit/s. */
const firstFarBytesPerSecond = 2.5e6;
const firstNearBytesPerSecond = 200e6;
/** Smaller frames say more of the way and of who counts than of what the link carries. */
const tellingBytes = 48 * 1024;
/** Goes in a packet or two. */
const smallBytes = 2048;
/** Of what was measured before, with each frame that is measured. */
const keep = 0.7;
/** What is believed before is believed as if it had been seen for so long. */
const believedMs = 50;
const leastMs = 0.5;

export class Link {
  #roundTripMs: number | undefined;
  /** Of the last frames, the newest counting most: what they had, and how long that took to arrive. */
  #bytes = 0;
  #ms = 0;
  #arrivedAt = 0;

  /** Shortest round trip that was seen lately, in ms; undefined before the first one. */
  get roundTripMs(): number | undefined {
    return this.#roundTripMs;
  }

  get isFar(): boolean {
    return (this.#roundTripMs ?? 0) >= nearMs;
  }

  get bytesPerSecond(): number {
    if (this.#ms === 0) return this.isFar ? firstFarBytesPerSecond : firstNearBytesPerSecond;
    return (this.#bytes / this.#ms) * 1000;
  }

  /** Something of no size took so long there and back. */
  answered(ms: number): void {
    const known = this.#roundTripMs;
    // Grows slowly, so that a way that became longer is noticed.
    this.#roundTripMs =
      known === undefined || ms <= known ? ms : known + Math.min(ms - known, known * 0.02 + 0.01);
  }

  /** A frame of `bytes` was sent at `sentAt` and drawn now; `busyMs` of that the viewer itself needed. */
  drawn(bytes: number, sentAt: number, busyMs: number, now: number): void {
    const wholeMs = Math.max(0, now - sentAt - busyMs);
    // A large frame's time is its size's; only a shorter one says something of the way.
    if (bytes < smallBytes || wholeMs < (this.#roundTripMs ?? Number.POSITIVE_INFINITY))
      this.answered(wholeMs);
    const roundTripMs = this.#roundTripMs ?? 0;
    // A frame that was sent behind another one has waited for that to arrive; not for it to be drawn, which a
    // busy viewer does while the next one is on its way already.
    const arrivedAt = Math.max(this.#arrivedAt, now - busyMs);
    const began = Math.max(sentAt + roundTripMs, this.#arrivedAt);
    this.#arrivedAt = arrivedAt;
    if (bytes < tellingBytes) return;
    const known = this.bytesPerSecond;
    if (this.#ms === 0) [this.#bytes, this.#ms] = [(known * believedMs) / 1000, believedMs];
    // Sums, and not an average of rates: of two frames that a busy viewer took in one moment, the second seems
    // to have come in none.
    this.#bytes = this.#bytes * keep + bytes;
    this.#ms = this.#ms * keep + Math.max(leastMs, arrivedAt - began);
  }
}
