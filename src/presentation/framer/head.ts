// One of the guest's screens at work: its listener, its picture, and who looks at it.

import { Newest } from '../../foundation/newest.ts';
import type {
  DisplayConnection,
  DisplayListener,
  Idle,
  Touch,
} from '../../hypervisor/display/index.ts';
import type { InputTarget } from '../../input/index.ts';
import { Audience } from './audience.ts';
import { encodeCursor } from './encode.ts';
import { isPlaceholder } from './placeholder.ts';
import { type FromFramer, words } from './protocol.ts';
import { Screen } from './screen.ts';
import { Tally } from './tally.ts';

export type HeadParts = {
  /** Its number among the guest's screens. */
  readonly index: number;
  /** The surface's id. */
  readonly surface: string;
  /** QEMU's number of it. */
  readonly console: number;
  readonly connection: Pick<DisplayConnection, 'keyboardAt' | 'mouseAt'>;
  readonly listener: DisplayListener;
  readonly tell: (message: FromFramer) => void;
  /** Where a place on it is among all screens. */
  readonly place: (x: number, y: number) => { readonly x: number; readonly y: number };
  readonly onPointerShown: () => void;
  /** It shows nothing of the guest: for a screen after the first. */
  readonly onUnused: () => void;
};

const tellEveryMs = 1000;
/** Frames after the first are told of when they have gone out. */
const afterFrameMs = 60;
/** A guest may change its mode as often as it likes. */
const tellScreenEveryMs = 200;
/** And switch its screen or its pointer off and on. */
const tellIdleEveryMs = 200;
const tellPointerEveryMs = 50;
/** How often a further screen that nobody watches is looked at, when it changes. */
const lookEveryMs = 250;

export class Head {
  readonly index: number;
  readonly console: number;
  readonly screen: Screen;
  readonly audience: Audience;
  readonly target: InputTarget;
  readonly #parts: HeadParts;
  readonly #frames: Tally;
  readonly #screenNews: Newest<FromFramer>;
  readonly #idleNews: Newest<Idle>;
  readonly #pointerNews: Newest<boolean>;
  readonly #looks: Tally;
  #idle: Idle | undefined;
  #hasFrame = false;
  #isTold = false;
  #isPointerVisible = true;
  #touch: Touch | undefined;

  constructor(parts: HeadParts) {
    const { index, surface, console, connection, listener, tell } = parts;
    this.#parts = parts;
    this.index = index;
    this.console = console;
    this.#screenNews = new Newest(tellScreenEveryMs, tell);
    this.#idleNews = new Newest(tellIdleEveryMs, (idle) => {
      // It may show something again by now.
      if (this.#idle === idle) this.audience.tell({ type: 'idle', ...idle });
    });
    this.#pointerNews = new Newest(tellPointerEveryMs, parts.onPointerShown);
    this.#frames = new Tally(
      tellEveryMs,
      () => {
        // What the frame is of comes first.
        this.#screenNews.flush();
        tell({ type: 'frame', head: index, framesRead: this.screen.framesRead });
      },
      afterFrameMs,
    );
    this.#looks = new Tally(lookEveryMs, () => this.#look());
    this.audience = new Audience({
      surface,
      screen: () => this.screen,
      onFrame: () => this.#countFrame(),
    });
    listener.onCursor((cursor) => this.audience.showCursor(encodeCursor(cursor)));
    listener.onPointer(({ visible }) => {
      if (visible === this.#isPointerVisible) return;
      this.#isPointerVisible = visible;
      this.#pointerNews.set(visible);
    });
    this.screen = this.#openScreen();
    const mouse = connection.mouseAt(console);
    const touch = () => this.#touch;
    this.target = {
      sink: {
        get touch() {
          return touch();
        },
        keyboard: connection.keyboardAt(console),
        mouse: {
          ...mouse,
          setAbsPosition: (x, y) => {
            const place = parts.place(x, y);
            return mouse.setAbsPosition(place.x, place.y);
          },
        },
      },
      screen: () => this.size,
    };
  }

  /** Of what it shows; undefined while it shows nothing. */
  get size(): { readonly width: number; readonly height: number } | undefined {
    return this.screen.idle === undefined ? this.screen.surface : undefined;
  }

  get isPointerVisible(): boolean {
    return this.#isPointerVisible;
  }

  get hasTouch(): boolean {
    return this.#touch !== undefined;
  }

  setTouch(touch: Touch): void {
    const { place } = this.#parts;
    this.#touch = {
      send: (phase, slot, x, y) => {
        const at = place(x, y);
        return touch.send(phase, slot, at.x, at.y);
      },
    };
  }

  /** Ends its viewers and what it has to tell. */
  close(code: number, reason: string): void {
    this.audience.close(code, reason);
    this.#looks.end();
    this.#idleNews.drop();
    this.#pointerNews.drop();
  }

  #openScreen(): Screen {
    const { index, listener } = this.#parts;
    const events = {
      onScanout: ({
        width,
        height,
        path,
      }: {
        width: number;
        height: number;
        path: 'map' | 'message';
      }) => {
        this.#idle = undefined;
        this.#screenNews.set({ type: 'scanout', head: index, width, height, path });
      },
      onIdle: (idle: Idle) => {
        const { reason, detail } = idle;
        this.#screenNews.set({ type: 'idle', head: index, reason, detail: words(detail) });
        this.#idle = idle;
        this.#idleNews.set(idle);
        if (index > 0) this.#parts.onUnused();
      },
      onDamage: () => {
        // The first picture is read though nobody looks: that it can be is what "presented" means.
        // In its turn: what was there before us comes while we are made.
        if (index > 0) queueMicrotask(() => this.#looks.add());
        else if (!this.#hasFrame) queueMicrotask(() => this.#look());
        this.audience.wake();
      },
    };
    return new Screen(listener, events, index > 0 ? isPlaceholder : undefined);
  }

  /** Reads what is there; what a further screen shows decides whether it is one. */
  #look(): void {
    if (this.index === 0 && this.#hasFrame) return;
    if (!this.screen.refresh() || this.size === undefined) return;
    this.#hasFrame = true;
    this.#countFrame();
    this.audience.wake();
  }

  /** The first one is what "presented" waits for. */
  #countFrame(): void {
    this.#frames.add();
    if (!this.#isTold) this.#frames.flush();
    this.#isTold = true;
  }
}
