// The nouns of a guest's display as the framer sees it.

import type { Damage } from './damage.ts';

/** How pixels reach us: in shared memory (QEMU 9.2 and newer), as bytes in messages, or not at all. */
export type ScanoutPath = 'map' | 'message' | 'none';

/** What the guest shows. Valid until the next `take()` that brings another one. */
export type Scanout = {
  readonly width: number;
  readonly height: number;
  readonly path: 'map' | 'message';
  /** Name of the guest's pixel format, such as x8r8g8b8. */
  readonly format: string;
  /**
   * Writes rows [y, y + rows) as RGBA, alpha 255, tightly packed, to the beginning of `into`, which
   * must be aligned to 4 bytes. Throws RangeError for rows that are not there or do not fit, and
   * ScanoutLost when the memory behind the scanout is gone. The guest may draw meanwhile: tearing
   * is possible, and is followed by more damage.
   */
  readRows(y: number, rows: number, into: Uint8Array): void;
  /** Runs `work`, which reads, so that it sees one picture: no tearing where the pixels come in messages. */
  steady<T>(work: () => T): T;
  /** The same in two steps, so that what has not changed need not be converted; not for every format. */
  readonly raw?: RawRows;
};

/** Rows as the guest wrote them, four bytes a pixel, tightly packed. Throws as `readRows` does. */
export type RawRows = {
  read(y: number, rows: number, into: Uint8Array): void;
  /** Whether rows are still `known`, where that can be told without reading them. */
  isSame?(y: number, rows: number, known: Uint8Array): boolean;
  /** RGBA, alpha 255, of `count` pixels. */
  toRgba(from: Words, at: number, to: Words, toAt: number, count: number): void;
};

/** Pixels, a word each. */
export type Words = Uint32Array | Int32Array;

/** Why there is nothing to show. */
export type Idle = { readonly reason: 'no-scanout' | 'refused'; readonly detail: string };

/** Everything that is new since the last `take()`. */
export type Taken = {
  /** Set when the scanout was replaced; its whole area is then in `damage`. */
  readonly scanout?: Scanout;
  /** Set when the screen went off or cannot be shown; there is then no scanout until a new one comes. */
  readonly idle?: Idle;
  /** What changed of the current scanout. */
  readonly damage?: Damage;
  /** Time of the newest damage in it, in ms since the epoch, with fractions; 0 without damage. */
  readonly damagedAt: number;
};

/** A cursor's shape: RGBA, not premultiplied. */
export type Cursor = {
  readonly width: number;
  readonly height: number;
  readonly hotX: number;
  readonly hotY: number;
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
};

/** Where the guest says its pointer is, and whether it shows it. */
export type Pointer = { readonly x: number; readonly y: number; readonly visible: boolean };

export type DisplayListener = AsyncDisposable & {
  /** How pixels arrive; 'none' until the first scanout. */
  readonly path: ScanoutPath;
  /** Takes everything new; undefined when nothing is. Never blocks. */
  take(): Taken | undefined;
  /** `callback` runs when something can be taken, at most once until the next `take()`. */
  onChange(callback: () => void): void;
  /** The newest shape; older ones that nobody looked at in time are skipped. */
  onCursor(callback: (cursor: Cursor) => void): void;
  onPointer(callback: (pointer: Pointer) => void): void;
  /** Resolves with the reason, in words, when nothing will come any more. Never rejects. */
  readonly closed: Promise<string>;
};

/** A screen of the guest. */
export type ConsoleInfo = {
  readonly id: number;
  readonly label: string;
  readonly kind: 'Graphic' | 'Text';
  readonly width: number;
  readonly height: number;
};

/** Keys by QEMU's qnum: the scan code of set 1, with 0x80 set for those that begin with 0xe0. */
export type Keyboard = {
  press(qnum: number): Promise<void>;
  release(qnum: number): Promise<void>;
  /** As far as the guest has told QEMU: one that never did seems to have none lit. */
  modifiers(): Promise<LockLights>;
};

/** Lock lights of the guest's keyboard. */
export type LockLights = {
  readonly scrollLock: boolean;
  readonly numLock: boolean;
  readonly capsLock: boolean;
};

export type TouchPhase = 'begin' | 'update' | 'end' | 'cancel';

/** Fingers on a screen, each in its slot; x and y are guest pixels. */
export type Touch = {
  send(phase: TouchPhase, slot: number, x: number, y: number): Promise<void>;
};

export type Mouse = {
  /** In guest pixels. Fails when the guest has no absolute pointer. */
  setAbsPosition(x: number, y: number): Promise<void>;
  relMotion(dx: number, dy: number): Promise<void>;
  press(button: number): Promise<void>;
  release(button: number): Promise<void>;
  isAbsolute(): Promise<boolean>;
};

/** What the guest is told of the monitor that it is shown on. */
export type UiInfo = {
  readonly width: number;
  readonly height: number;
  readonly widthMm?: number;
  readonly heightMm?: number;
  readonly x?: number;
  readonly y?: number;
};
