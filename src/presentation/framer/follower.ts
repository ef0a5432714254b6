// A screen that follows a window: QEMU is told the size, which reaches the guest as its monitor's, and rayosd,
// which tells the guest's agent. Newest wins, a few times a second; nothing here listens to what the guest
// then shows, so the two cannot chase one another.

import { Newest } from '../../foundation/newest.ts';
import type { Room } from './seat.ts';

export type FollowerParts = {
  readonly setUIInfo: (width: number, height: number) => Promise<void>;
  readonly tell: (room: Room) => void;
};

const followEveryMs = 250;
const least = { width: 320, height: 200 } as const;
const most = 8192;
/** Of a screen that the guest is offered and no window has asked for. */
const offered = { width: 1280, height: 800 } as const;

export class Follower implements Disposable {
  readonly #parts: FollowerParts;
  readonly #news: Newest<Room>;
  #isOffered = false;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
    this.#news = new Newest(followEveryMs, (room) => {
      void this.#set(room.width, room.height);
      parts.tell(room);
    });
  }

  follow(room: Room): void {
    this.#isOffered = true;
    this.#news.set(clamped(room));
  }

  /** Tells the guest, once, that this screen is there for it. */
  async offer(): Promise<void> {
    if (this.#isOffered) return;
    this.#isOffered = true;
    await this.#set(offered.width, offered.height);
  }

  [Symbol.dispose](): void {
    this.#news.end();
  }

  async #set(width: number, height: number): Promise<void> {
    // A screen that takes no size (standard VGA) refuses: the agent may know another way.
    await this.#parts.setUIInfo(width, height).catch(() => {});
  }
}

/** Widths are even: the timings of a monitor have no odd ones. */
export function clamped({ width, height, scalePercent }: Room): Room {
  const within = (value: number, low: number) => Math.max(low, Math.min(most, Math.floor(value)));
  return {
    width: within(width, least.width) & ~1,
    height: within(height, least.height),
    scalePercent,
  };
}
