// Keyboard, pointer and wheel of one guest's screen: DOM events in, viewer messages out. All keys go to
// the guest while its screen has the focus, except the release chord.

import type { ViewerMessage } from '../../../src/contracts/index.ts';
import { type KeyEvent, KeyTracker } from './keys.ts';
import { isMac } from './platform.ts';
import { buttonChanges, WheelNotches } from './pointer.ts';
import { ReleaseChord } from './release-chord.ts';

type Sink = {
  readonly send: (message: ViewerMessage) => void;
  /** From a place in the page to the guest's pixel. */
  readonly locate: (clientX: number, clientY: number) => { x: number; y: number };
  /** The person asked for the keyboard back. */
  readonly released: () => void;
};

/** Listens on `host` until the signal aborts. */
export function captureInput(host: HTMLElement, sink: Sink, signal: AbortSignal): void {
  captureKeys(host, sink, signal);
  capturePointer(host, sink, signal);
}

function captureKeys(host: HTMLElement, sink: Sink, signal: AbortSignal): void {
  const keys = new KeyTracker({ mac: isMac });
  const chord = new ReleaseChord();
  const letGo = () => {
    keys.releaseAll();
    chord.reset();
    sink.send({ type: 'blur' });
  };
  host.addEventListener(
    'keydown',
    (event) => {
      stop(event);
      if (!event.repeat) chord.keydown(event.code);
      for (const change of keys.keydown(keyEvent(event))) sink.send({ type: 'key', ...change });
    },
    { signal },
  );
  host.addEventListener(
    'keyup',
    (event) => {
      stop(event);
      for (const change of keys.keyup(keyEvent(event))) sink.send({ type: 'key', ...change });
      if (chord.keyup(event.code)) sink.released();
    },
    { signal },
  );
  for (const type of ['pointerdown', 'wheel'] as const)
    host.addEventListener(type, () => chord.spoil(), { signal, passive: true });
  // The browser tells nothing of keys let go elsewhere: the framer lets go of all of them.
  host.addEventListener('blur', letGo, { signal });
  host.addEventListener('pointercancel', letGo, { signal });
  window.addEventListener('blur', letGo, { signal });
  document.addEventListener('visibilitychange', () => document.hidden && letGo(), { signal });
}

function capturePointer(host: HTMLElement, sink: Sink, signal: AbortSignal): void {
  const wheel = new WheelNotches();
  let held = 0;
  let last = '';

  const place = (event: PointerEvent) => {
    const at = sink.locate(event.clientX, event.clientY);
    const key = `${at.x},${at.y}`;
    if (key !== last) sink.send({ type: 'pointer', ...at });
    last = key;
  };
  const buttons = (mask: number) => {
    for (const change of buttonChanges(held, mask)) sink.send({ type: 'button', ...change });
    held = mask;
  };
  const pointer = (event: PointerEvent) => {
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
      host.setPointerCapture(event.pointerId);
      pointer(event);
    },
    { signal },
  );
  host.addEventListener('pointerup', pointer, { signal });
  host.addEventListener('pointercancel', () => buttons(0), { signal });
  host.addEventListener('blur', () => buttons(0), { signal });
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

function stop(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
}

function keyEvent(event: KeyboardEvent): KeyEvent {
  const { code, repeat, shiftKey, ctrlKey, altKey, metaKey } = event;
  const altGraph = event.getModifierState('AltGraph');
  return { code, repeat, shiftKey, ctrlKey, altKey, metaKey, altGraph };
}
