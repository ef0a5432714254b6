// Keyboard, pointer and wheel of one guest's screen: DOM events in, viewer messages out. All keys go to
// the guest while its screen has the focus, except the release chord.

import type { ViewerMessage } from '../../../src/contracts/index.ts';
import { AltGrFilter } from './alt-gr.ts';
import { Fingers } from './fingers.ts';
import { lockKeyboard } from './keyboard-lock.ts';
import { type KeyChange, type KeyEvent, KeyTracker } from './keys.ts';
import { LockKeys, type LockState } from './lock-keys.ts';
import { isMac, isWindows } from './platform.ts';
import { buttonChanges, WheelNotches } from './pointer.ts';
import { ReleaseChord } from './release-chord.ts';
import { TouchMouse } from './touch.ts';

type Sink = {
  readonly send: (message: ViewerMessage) => void;
  /** From a place in the page to the guest's pixel. */
  readonly locate: (clientX: number, clientY: number) => { x: number; y: number };
  /** The person asked for the keyboard back. */
  readonly released: () => void;
  /** False where the guest's pointer has no places: the mouse is grabbed by a click then. */
  readonly isAbsolute: () => boolean;
  /** Whether the guest has a touch screen: fingers are fingers then, and a mouse elsewhere. */
  readonly hasTouch: () => boolean;
};

export type Capture = {
  /** The guest's lock lights. */
  lights(lights: LockState): void;
};

/** Listens on `host` until the signal aborts. */
export function captureInput(host: HTMLElement, sink: Sink, signal: AbortSignal): Capture {
  const locks = new LockKeys({ mac: isMac });
  const look = (event: KeyboardEvent | PointerEvent) => {
    const news = locks.news(event);
    if (news !== undefined) sink.send({ type: 'locks', ...news });
  };
  host.addEventListener('blur', () => locks.reset(), { signal });
  captureKeys(host, { ...sink, look }, signal);
  capturePointer(host, { ...sink, look }, signal);
  lockKeyboard(host, signal);
  return { lights: (lights) => locks.heard(lights) };
}

/** `look` is called before a key or a click is sent. */
type Looking = Sink & { readonly look: (event: KeyboardEvent | PointerEvent) => void };

function captureKeys(host: HTMLElement, sink: Looking, signal: AbortSignal): void {
  const keys = new KeyTracker({ mac: isMac });
  const tell = (change: KeyChange) => sink.send({ type: 'key', ...change });
  const altGr = isWindows ? new AltGrFilter(tell) : undefined;
  const pass = (change: KeyChange) => (altGr === undefined ? tell(change) : altGr.push(change));
  const chord = new ReleaseChord();
  const letGo = () => {
    altGr?.flush();
    keys.releaseAll();
    chord.reset();
    sink.send({ type: 'blur' });
  };
  host.addEventListener(
    'keydown',
    (event) => {
      stop(event);
      if (!event.repeat) chord.keydown(event.code);
      if (!event.repeat) sink.look(event);
      for (const change of keys.keydown(keyEvent(event))) pass(change);
    },
    { signal },
  );
  host.addEventListener(
    'keyup',
    (event) => {
      stop(event);
      for (const change of keys.keyup(keyEvent(event))) pass(change);
      if (!chord.keyup(event.code)) return;
      if (document.pointerLockElement === host) document.exitPointerLock();
      else sink.released();
    },
    { signal },
  );
  for (const type of ['pointerdown', 'wheel'] as const)
    host.addEventListener(
      type,
      () => {
        altGr?.flush();
        chord.spoil();
      },
      { signal, passive: true, capture: true },
    );
  // The browser tells nothing of keys let go elsewhere: the framer lets go of all of them.
  host.addEventListener('blur', letGo, { signal });
  host.addEventListener('pointercancel', letGo, { signal });
  window.addEventListener('blur', letGo, { signal });
  document.addEventListener('visibilitychange', () => document.hidden && letGo(), { signal });
}

function capturePointer(host: HTMLElement, sink: Looking, signal: AbortSignal): void {
  const wheel = new WheelNotches();
  let held = 0;
  let last = '';

  const place = (event: PointerEvent) => {
    if (!sink.isAbsolute()) {
      const { movementX: dx, movementY: dy, type } = event;
      // The raw events tell the same motion again in the frame's event.
      const isGrabbed = document.pointerLockElement === host && type === moves[0];
      if (isGrabbed && (dx !== 0 || dy !== 0)) sink.send({ type: 'motion', dx, dy });
      return;
    }
    const at = sink.locate(event.clientX, event.clientY);
    const key = `${at.x},${at.y}`;
    if (key !== last) sink.send({ type: 'pointer', ...at });
    last = key;
  };
  const buttons = (mask: number) => {
    for (const change of buttonChanges(held, mask)) sink.send({ type: 'button', ...change });
    held = mask;
  };
  const ways = { mouse: new TouchMouse(sink), touch: new Fingers(sink) };
  /** What a touch began as it stays, until all fingers are lifted. */
  let fingers: TouchMouse | Fingers = ways.mouse;
  const touching = new Set<number>();
  const pointer = (event: PointerEvent) => {
    if (isFinger(event)) {
      fingers.move(event.pointerId, { x: event.clientX, y: event.clientY });
      return;
    }
    if (!event.isPrimary) return;
    place(event);
    buttons(event.buttons);
  };

  // `pointerrawupdate` comes before the frame's `pointermove`: up to 16 ms earlier.
  const moves =
    'onpointerrawupdate' in host ? ['pointerrawupdate', 'pointermove'] : ['pointermove'];
  for (const type of moves)
    host.addEventListener(type, (event) => pointer(event as PointerEvent), { signal });
  host.addEventListener(
    'pointerdown',
    (event) => {
      event.preventDefault();
      host.focus({ preventScroll: true });
      sink.look(event);
      if (isFinger(event)) {
        host.setPointerCapture(event.pointerId);
        if (touching.size === 0) fingers = sink.hasTouch() ? ways.touch : ways.mouse;
        touching.add(event.pointerId);
        fingers.down(event.pointerId, { x: event.clientX, y: event.clientY });
        return;
      }
      if (sink.isAbsolute()) host.setPointerCapture(event.pointerId);
      // The click that grabs is not the guest's: its pointer is elsewhere.
      else if (document.pointerLockElement !== host) {
        void Promise.resolve(host.requestPointerLock()).catch(() => {});
        return;
      }
      pointer(event);
    },
    { signal },
  );
  host.addEventListener(
    'pointerup',
    (event) => {
      if (!isFinger(event)) return pointer(event);
      touching.delete(event.pointerId);
      fingers.up(event.pointerId);
    },
    { signal },
  );
  for (const type of ['pointercancel', 'blur'])
    host.addEventListener(
      type,
      () => {
        buttons(0);
        touching.clear();
        fingers.cancel();
      },
      { signal },
    );
  host.addEventListener(
    'wheel',
    (event) => {
      stop(event);
      const notches = wheel.turn(event);
      if (notches) sink.send({ type: 'wheel', ...notches });
    },
    { signal, passive: false },
  );
  for (const type of ['contextmenu', 'auxclick', 'dragstart'])
    host.addEventListener(type, stop, { signal });
}

function isFinger(event: PointerEvent): boolean {
  return event.pointerType === 'touch';
}

function stop(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
}

function keyEvent(event: KeyboardEvent): KeyEvent {
  const { code, repeat, shiftKey, ctrlKey, altKey, metaKey } = event;
  const altGraph = event.getModifierState('AltGraph');
  return { code, repeat, shiftKey, ctrlKey, altKey, metaKey, altGraph };
}
