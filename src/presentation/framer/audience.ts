// All viewers of one guest. Whenever there is damage or credit it reads once and sends each viewer that
// has credit what that one lacks; without credit anywhere, nothing is read.

import type { FramerMessage } from '../../contracts/viewer-protocol.ts';
import { encodeFrame } from './encode.ts';
import type { Screen } from './screen.ts';
import type { Surface } from './surface.ts';
import type { Viewer } from './viewer.ts';

export type AudienceOptions = {
  /** The surface's id, as viewers are told. */
  readonly surface: string;
  readonly screen: () => Pick<Screen, 'surface' | 'idle' | 'damagedAt' | 'refresh'> | undefined;
  /** A read found a change. */
  readonly onFrame: () => void;
  /** Runs `work` soon, once; so that damage of one moment makes one frame. */
  readonly soon?: (work: () => void) => void;
  readonly now?: () => number;
};

const epochNow = () => performance.timeOrigin + performance.now();

export class Audience {
  readonly #options: AudienceOptions;
  readonly #viewers = new Set<Viewer>();
  readonly #soon: (work: () => void) => void;
  readonly #now: () => number;
  #isDue = false;
  #cursor: Uint8Array | undefined;
  #pointer: FramerMessage = {
    type: 'pointer',
    visible: true,
    absolute: true,
    touch: false,
  };

  constructor(options: AudienceOptions) {
    this.#options = options;
    this.#soon = options.soon ?? setImmediate;
    this.#now = options.now ?? epochNow;
  }

  get size(): number {
    return this.#viewers.size;
  }

  /** Takes a viewer in and tells it all that is known. */
  add(viewer: Viewer): void {
    this.#viewers.add(viewer);
    const idle = this.#options.screen()?.idle;
    if (idle !== undefined) viewer.tell({ type: 'idle', ...idle });
    viewer.tell(this.#pointer);
    if (this.#cursor !== undefined) viewer.showCursor(this.#cursor);
    this.wake();
  }

  remove(viewer: Viewer): void {
    this.#viewers.delete(viewer);
  }

  /** Something changed: damage, credit, a viewer. */
  wake(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#soon(() => {
      this.#isDue = false;
      this.#show();
    });
  }

  tell(message: FramerMessage): void {
    if (message.type === 'pointer') this.#pointer = message;
    for (const viewer of this.#viewers) viewer.tell(message);
  }

  showCursor(cursor: Uint8Array): void {
    this.#cursor = cursor;
    for (const viewer of this.#viewers) viewer.showCursor(cursor);
  }

  tick(now: number): void {
    for (const viewer of this.#viewers) viewer.tick(now);
  }

  /** Ends every viewer. */
  close(code: number, reason: string): void {
    for (const viewer of this.#viewers) viewer.close(code, reason);
    this.#viewers.clear();
  }

  #show(): void {
    const screen = this.#options.screen();
    const ready = [...this.#viewers].filter((viewer) => viewer.canTake);
    if (screen === undefined || ready.length === 0) return;
    if (screen.refresh()) this.#options.onFrame();
    const { surface } = screen;
    if (surface !== undefined && screen.idle === undefined)
      this.#send(ready, surface, screen.damagedAt);
  }

  #send(viewers: readonly Viewer[], surface: Surface, damagedAt: number): void {
    // Viewers that have the same version are sent the same bytes.
    const frames = new Map<number, Uint8Array | undefined>();
    for (const viewer of viewers) {
      viewer.tellSurface(this.#options.surface, surface.width, surface.height);
      const since = viewer.sentVersion;
      if (since >= surface.version) continue;
      const now = this.#now();
      if (!frames.has(since))
        frames.set(since, encodeFrame(surface, since, { damagedAt, sentAt: now }));
      const frame = frames.get(since);
      if (frame !== undefined) viewer.sendFrame(frame, surface.version, now);
    }
  }
}
