// Keys of the desktop itself. They work whenever no guest has the keyboard. Only chords that browsers
// leave to pages are used.

import { releaseChord } from '../viewer/platform.ts';
import { arrowOf, snapStep, titleBarKeys } from '../windows/window-keys.ts';
import type { DesktopModel } from './model.ts';

type Keys = readonly (readonly [keys: string, what: string])[];

/** What the keys dialog and the help list. */
export const shortcuts: readonly (readonly [where: string, keys: Keys])[] = [
  ['In a guest', [[releaseChord, 'Give the keyboard back to RayOS: press both, let go of both']]],
  [
    'Anywhere else',
    [
      ['Ctrl+Space or /', 'Say what you want, or type a command'],
      ['?', 'Show these keys'],
      ['F1', 'Help'],
      ['Ctrl+,', 'Settings'],
      ['F6, Shift+F6', 'Go to the next window or the dock, or back'],
      ['Alt+1 … Alt+9', 'Show that guest of the dock'],
      ['Alt+G', 'Page of the guest in front'],
      ['Alt+C', 'Create a guest'],
      ['Alt+N', 'Notifications'],
      ['Ctrl+`', 'Choose among the windows: go on with `, let go of Ctrl'],
      ['Ctrl+Shift+arrow keys', 'Snap the front window; up fills, down sets free or minimizes'],
      ['Alt+T', 'Tile all windows'],
      ['Alt+M', 'Minimize all windows, or bring them back'],
      ['Shift+F10', 'On a guest of the dock: what can be done with it'],
    ],
  ],
  ['On a title bar', titleBarKeys],
];

/** Listens for the desktop's keys until the signal aborts. */
export function listenForShortcuts(desktop: DesktopModel, signal: AbortSignal): void {
  document.addEventListener(
    'keydown',
    (event) => {
      if (event.defaultPrevented || desktop.dialog()) return;
      if (desktop.consent.question() || desktop.clipboard.question()) return;
      if (act(event, desktop)) event.preventDefault();
    },
    { signal },
  );
}

function act(event: KeyboardEvent, desktop: DesktopModel): boolean {
  const { ctrlKey, altKey, metaKey, shiftKey, code } = event;
  if (metaKey) return false;
  const { windows } = desktop;
  if (ctrlKey && shiftKey && !altKey) {
    const arrow = arrowOf(event.key);
    const front = windows.front();
    // In a text field the same chord marks words.
    if (!arrow || front === undefined || isWriting(event)) return false;
    snapStep(windows, front, arrow);
    return true;
  }
  if (ctrlKey && !altKey) return control(code, desktop);
  if (altKey && !ctrlKey) return alt(code, desktop);
  if (ctrlKey || altKey) return false;
  if (code === 'F6') cycle(desktop, shiftKey ? -1 : 1);
  else if (code === 'F1') desktop.open('#/help');
  else if (isWriting(event)) return false;
  else if (event.key === '/') desktop.setDialog({ kind: 'intent', text: '' });
  else if (event.key === '?') desktop.setDialog({ kind: 'keys' });
  else return false;
  return true;
}

function control(code: string, { setDialog, open }: DesktopModel): boolean {
  if (code === 'Space') setDialog({ kind: 'intent', text: '' });
  else if (code === 'Backquote') setDialog({ kind: 'switcher', held: true });
  else if (code === 'Comma') open('#/settings');
  else return false;
  return true;
}

function alt(code: string, desktop: DesktopModel): boolean {
  const { windows, world, open } = desktop;
  const digit = /^Digit([1-9])$/.exec(code)?.[1];
  const guest = digit ? world.guests[Number(digit) - 1] : undefined;
  const front = desktop.frontGuest() ?? world.guests[0]?.name;
  if (guest) desktop.show(guest.name);
  else if (code === 'KeyG' && front) open(`#/guest/${front}`);
  else if (code === 'KeyC') open('#/create');
  else if (code === 'KeyN') open('#/notifications');
  else if (code === 'KeyT') windows.tile();
  else if (code === 'KeyM') windows.showDesktop();
  else return false;
  return true;
}

function isWriting({ target }: KeyboardEvent): boolean {
  return (
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement && !['checkbox', 'radio', 'range'].includes(target.type))
  );
}

/** The focus goes round: the title bars of the windows that are shown, then the dock. */
function cycle({ windows }: DesktopModel, step: 1 | -1): void {
  const bars = [...document.querySelectorAll<HTMLElement>('[data-window-bar]')]
    .filter((bar) => !bar.closest('[inert]'))
    .sort((a, b) => (a.dataset.windowBar ?? '').localeCompare(b.dataset.windowBar ?? ''));
  const dock = document.querySelector<HTMLElement>('[data-dock] button');
  const stops = dock ? [...bars, dock] : bars;
  if (stops.length === 0) return;
  const place = (stop: HTMLElement) => stop.closest('.window, [data-dock]') ?? stop;
  const now = stops.findIndex((stop) => place(stop).contains(document.activeElement));
  const next = stops[(now + step + stops.length) % stops.length] ?? stops[0];
  next?.focus();
  const surface = next?.dataset.windowBar;
  if (surface) windows.raise(surface);
}
