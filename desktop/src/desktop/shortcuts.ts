// Keys of the desktop itself. They work whenever no guest has the keyboard.

import { releaseChord } from '../viewer/platform.ts';
import type { DesktopModel } from './model.ts';

/** What the keys dialog lists. */
export const shortcuts: readonly (readonly [string, string])[] = [
  ['Ctrl+Space or /', 'Say what you want'],
  ['F6, Shift+F6', 'Go to the next window or the dock, or back'],
  ['Alt+1 … Alt+9', 'Show that guest of the dock'],
  ['?', 'Show these keys'],
  [releaseChord, 'In a guest: give the keyboard back to RayOS'],
  ['Enter', 'On a title bar: give the guest the keyboard'],
  ['Arrow keys', 'On a title bar: move the window (with Ctrl: by a pixel)'],
  ['Shift+arrow keys', 'On a title bar: resize the window'],
  ['M', 'On a title bar: maximize or restore'],
  ['H', 'On a title bar: hide; the guest runs on'],
  ['Shift+F10', 'On a guest of the dock: what can be done with it'],
];

/** Listens for the desktop's keys until the signal aborts. */
export function listenForShortcuts(desktop: DesktopModel, signal: AbortSignal): void {
  document.addEventListener(
    'keydown',
    (event) => {
      if (event.defaultPrevented || desktop.dialog() || desktop.consent.question()) return;
      if (act(event, desktop)) event.preventDefault();
    },
    { signal },
  );
}

function act(event: KeyboardEvent, desktop: DesktopModel): boolean {
  const { ctrlKey, altKey, metaKey, shiftKey, key, code } = event;
  const plain = !ctrlKey && !altKey && !metaKey;
  const writing = event.target instanceof HTMLInputElement;
  if (ctrlKey && !altKey && !metaKey && code === 'Space') {
    desktop.setDialog({ kind: 'intent', text: '' });
    return true;
  }
  if (plain && !writing && key === '/') {
    desktop.setDialog({ kind: 'intent', text: '' });
    return true;
  }
  if (plain && !writing && key === '?') {
    desktop.setDialog({ kind: 'keys' });
    return true;
  }
  if (plain && code === 'F6') {
    cycle(desktop, shiftKey ? -1 : 1);
    return true;
  }
  const digit = /^Digit([1-9])$/.exec(code)?.[1];
  const guest = digit ? desktop.world.guests[Number(digit) - 1] : undefined;
  if (altKey && !ctrlKey && !metaKey && guest) {
    desktop.show(guest.name);
    return true;
  }
  return false;
}

/** The focus goes round: the title bars of the windows, then the dock. */
function cycle({ windows }: DesktopModel, step: 1 | -1): void {
  const bars = [...document.querySelectorAll<HTMLElement>('[data-window-bar]')].sort((a, b) =>
    (a.dataset.windowBar ?? '').localeCompare(b.dataset.windowBar ?? ''),
  );
  const dock = document.querySelector<HTMLElement>('[data-dock] button');
  const stops = dock ? [...bars, dock] : bars;
  if (stops.length === 0) return;
  const now = stops.findIndex((stop) => stop.parentElement?.contains(document.activeElement));
  const next = stops[(now + step + stops.length) % stops.length] ?? stops[0];
  next?.focus();
  const surface = next?.dataset.windowBar;
  if (surface) windows.raise(surface);
}
