// Counts what a viewer draws, and tells it a few times a second rather than for every frame.

import {
  type FrameHeader,
  frameHeaderBytes,
  tileHeaderBytes,
} from '../../../src/contracts/index.ts';
import { noStats, type ViewerStats } from './messages.ts';

const reportEveryMs = 100;

export class Meter {
  readonly #report: (stats: ViewerStats) => void;
  #stats: ViewerStats = noStats;
  #drawnAt: number[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(report: (stats: ViewerStats) => void) {
    this.#report = report;
  }

  /** One frame was painted, between the two times (performance.now()). */
  drawn(header: FrameHeader, bytes: number, began: number, ended: number): void {
    this.#drawnAt.push(ended);
    this.#stats = {
      ...this.#stats,
      framesDrawn: this.#stats.framesDrawn + 1,
      tilesDrawn: this.#stats.tilesDrawn + header.tileCount,
      bytesReceived:
        this.#stats.bytesReceived + Math.max(bytes, frameHeaderBytes + tileHeaderBytes),
      latencyMs: Math.max(0, performance.timeOrigin + ended - header.damagedAt),
      paintMs: ended - began,
    };
    this.#soon();
  }

  reconnected(reconnects: number): void {
    if (reconnects === this.#stats.reconnects) return;
    this.#stats = { ...this.#stats, reconnects };
    this.#soon();
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const now = performance.now();
      this.#drawnAt = this.#drawnAt.filter((at) => at > now - 1000);
      this.#stats = { ...this.#stats, framesPerSecond: this.#drawnAt.length };
      this.#report(this.#stats);
      // Until a second has passed without a frame, so that the rate is seen to fall to nothing.
      if (this.#drawnAt.length > 0) this.#soon();
    }, reportEveryMs);
  }
}
