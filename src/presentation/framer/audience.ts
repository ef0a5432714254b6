// All viewers of one guest. Whenever there is damage or credit it reads once and sends each viewer that
// has credit what that one lacks; without credit anywhere, nothing is read.

import type { FramerMessage } from '../../contracts/viewer-protocol.ts';
import { encodeCompressed, encodeFrame } from './encode.ts';
import { lossyRectangles } from './lossy.ts';
import { rectanglesOf } from './rectangles.ts';
import { Refinement } from './refinement.ts';
import type { Screen } from './screen.ts';
import type { Surface } from './surface.ts';
import { Thumbnail } from './thumbnail.ts';
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

/** What is known of a viewer besides itself. */
type Served = {
  readonly refinement: Refinement;
  /** Ends when the frame that was begun last is sent: those begun after it come after it. */
  sent: Promise<void>;
};

/** Frames of one moment, by the version that their viewers had. */
type Raw = Map<string, Uint8Array | undefined>;

export class Audience {
  readonly #options: AudienceOptions;
  readonly #viewers = new Map<Viewer, Served>();
  readonly #thumbnails = new Map<number, Thumbnail>();
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
    this.#viewers.set(viewer, { refinement: new Refinement(), sent: Promise.resolve() });
    const idle = this.#options.screen()?.idle;
    if (idle !== undefined) viewer.tell({ type: 'idle', ...idle });
    viewer.tell(this.#pointer);
    if (this.#cursor !== undefined) viewer.showCursor(this.#cursor);
    this.wake();
  }

  remove(viewer: Viewer): void {
    this.#viewers.delete(viewer);
    const widths = new Set([...this.#viewers.keys()].map((other) => other.thumbnail));
    for (const width of this.#thumbnails.keys())
      if (!widths.has(width)) this.#thumbnails.delete(width);
  }

  /** The viewer whose pixel stream has this key. */
  withStreamKey(key: string): Viewer | undefined {
    return [...this.#viewers.keys()].find((viewer) => viewer.streamKey === key);
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
    for (const viewer of this.#viewers.keys()) viewer.tell(message);
  }

  showCursor(cursor: Uint8Array): void {
    this.#cursor = cursor;
    for (const viewer of this.#viewers.keys()) viewer.showCursor(cursor);
  }

  tick(now: number): void {
    let isWaited = false;
    for (const [viewer, { refinement }] of this.#viewers) {
      viewer.tick(now);
      isWaited ||= refinement.isNeeded || viewer.thumbnail !== undefined;
    }
    // Thumbnails and what was sent with loss wait for time to pass, not for damage.
    if (isWaited) this.wake();
  }

  /** Ends every viewer. */
  close(code: number, reason: string): void {
    for (const viewer of this.#viewers.keys()) viewer.close(code, reason);
    this.#viewers.clear();
  }

  #show(): void {
    const screen = this.#options.screen();
    const now = this.#now();
    const ready = [...this.#viewers.keys()].filter((viewer) => viewer.canTake(now));
    if (screen === undefined || ready.length === 0) return;
    const isChanged = screen.refresh();
    const { surface } = screen;
    if (surface !== undefined && screen.idle === undefined) {
      const frames: Raw = new Map();
      for (const viewer of ready) this.#give(viewer, surface, screen.damagedAt, frames);
    }
    // Last: whoever looks is not to wait for what is told to others.
    if (isChanged) this.#options.onFrame();
  }

  #give(viewer: Viewer, whole: Surface, damagedAt: number, frames: Raw): void {
    const { thumbnail } = viewer;
    const surface = thumbnail === undefined ? whole : this.#thumbnail(thumbnail).of(whole);
    const served = this.#viewers.get(viewer);
    if (served === undefined) return;
    // What is being made has the size that was told.
    if (viewer.isPreparing && !viewer.hasSize(surface.width, surface.height)) return;
    viewer.tellSurface(this.#options.surface, surface.width, surface.height);
    const { refinement } = served;
    if (viewer.sentVersion >= surface.version && !refinement.isNeeded) return;
    if (viewer.choose().name !== 'raw' || refinement.isNeeded)
      void this.#giveCompressed(viewer, served, surface, damagedAt);
    else if (!viewer.isPreparing) this.#giveRaw(viewer, surface, damagedAt, frames);
  }

  /** Viewers that have the same version are sent the same bytes. */
  #giveRaw(viewer: Viewer, surface: Surface, damagedAt: number, frames: Raw): void {
    const sentAt = this.#now();
    const key = `${surface.width} ${viewer.sentVersion}`;
    if (!frames.has(key))
      frames.set(key, encodeFrame(surface, viewer.sentVersion, { damagedAt, sentAt }));
    const frame = frames.get(key);
    if (frame !== undefined) viewer.sendFrame(frame, surface.version, sentAt);
  }

  async #giveCompressed(
    viewer: Viewer,
    served: Served,
    surface: Surface,
    damagedAt: number,
  ): Promise<void> {
    const { refinement, sent: before } = served;
    const since = viewer.sentVersion;
    const isLossy = viewer.choose().name === 'webp';
    const isNew = (index: number) => (surface.tileVersions[index] ?? 0) > since;
    const rested = refinement.rested(surface, isNew, this.#now(), isLossy);
    const rectangles = isLossy
      ? lossyRectangles(surface, since, rested)
      : rectanglesOf(surface, {
          wants: (index) => isNew(index) || rested.has(index),
          boxOf: (index) => (rested.has(index) ? undefined : surface.boxSince(index, since)),
        });
    if (rectangles.length === 0) return;
    // A frame that only repeats has a number of its own as well.
    if (since >= surface.version) surface.touch();
    const send = viewer.prepare(surface.version);
    const { promise, resolve: sent } = Promise.withResolvers<void>();
    served.sent = promise;
    refinement.sending(surface, rectangles, this.#now());
    const times = () => ({ damagedAt, sentAt: this.#now() });
    const frame = await encodeCompressed(surface, rectangles, isLossy, times).catch(
      () => undefined,
    );
    await before;
    send(this.#viewers.has(viewer) ? frame : undefined, this.#now());
    sent();
    if (frame === undefined) viewer.close(internalError, 'its pictures cannot be compressed');
    this.wake();
  }

  #thumbnail(width: number): Thumbnail {
    const known = this.#thumbnails.get(width) ?? new Thumbnail(width);
    this.#thumbnails.set(width, known);
    return known;
  }
}

const internalError = 1011;
