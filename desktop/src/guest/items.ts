// What can be done with a guest now: the one list behind the dock's menu, the title bar's and the page's.

import type { DesktopModel, GuestAct } from '../desktop/model.ts';
import { saveScreenshot } from '../dock/screenshot.ts';
import { sendAll } from '../drop/drop.ts';
import type { MenuItem } from '../menu/menu.tsx';

/** For a window of one of its screens: `head`; without, for the dock and the page. */
export function guestItems(desktop: DesktopModel, name: string, head?: number): MenuItem[] {
  const guest = desktop.world.guests.find((g) => g.name === name);
  if (!guest) return [];
  const { act, show, open } = desktop;
  const { state, presented } = guest;
  const lives = state === 'running' || state === 'starting';
  const runs = lives || state === 'paused';
  const inWindow = head !== undefined;
  const does = (command: GuestAct) => () => void act(command, name);
  const when = (condition: boolean, ...items: MenuItem[]): MenuItem[] => (condition ? items : []);
  return [
    ...when(!inWindow, {
      icon: 'show',
      label: presented ? 'Go to its window' : 'Show',
      act: () => show(name),
    }),
    {
      icon: 'chart',
      label: 'Page of this guest',
      keys: 'Alt+G',
      act: () => open(`#/guest/${name}`),
    },
    ...when(
      presented,
      {
        icon: 'camera',
        label: 'Save a picture',
        act: () => void saveScreenshot(guest, desktop, head),
      },
      {
        icon: 'upload',
        label: 'Give it files…',
        act: () => chooseFiles((files) => void sendAll(files, desktop, name)),
      },
    ),
    ...when(!runs, {
      icon: 'play',
      label: state === 'suspended' ? 'Resume without showing' : 'Start without showing',
      act: does('guest.start'),
      apart: true,
    }),
    ...when(state === 'running', {
      icon: 'pause',
      label: 'Pause',
      act: does('guest.pause'),
      apart: true,
    }),
    ...when(state === 'paused', {
      icon: 'play',
      label: 'Resume',
      act: does('guest.resume'),
      apart: true,
    }),
    ...when(
      state === 'running' || state === 'paused',
      { icon: 'sleep', label: 'Suspend to disk', act: does('guest.suspend') },
      {
        icon: 'snapshot',
        label: 'Snapshots',
        act: () => open(`#/guest/${name}/snapshots`),
      },
    ),
    ...when(presented && !inWindow, {
      icon: 'hide',
      label: 'Hide (it runs on)',
      act: does('guest.hide'),
    }),
    ...when(
      runs,
      { icon: 'stop', label: 'Stop', act: does('guest.stop') },
      { icon: 'bolt', label: 'End at once…', danger: true, act: does('guest.kill') },
    ),
  ];
}

/** The browser's own way to choose files. */
function chooseFiles(chosen: (files: readonly File[]) => void): void {
  const field = document.createElement('input');
  field.type = 'file';
  field.multiple = true;
  field.addEventListener('change', () => chosen([...(field.files ?? [])]));
  field.click();
}
