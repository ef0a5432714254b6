// The part of a guest window's menu that is about its keyboard: chords that the browser keeps for itself,
// and who has the keyboard.

import type { MenuItem } from '../menu/menu.tsx';
import { chords } from '../viewer/chords.ts';
import type { Holder, ScreenControls } from '../viewer/screen.tsx';

/** The chords that people miss; the others are typed with `press ctrl+alt+f2`. */
const offered = 5;

export function keyboardItems(
  screen: ScreenControls | undefined,
  holder: Holder | undefined,
): MenuItem[] {
  if (!screen) return [];
  const taken = holder && !holder.you && holder.name !== '' ? holder.name : undefined;
  return [
    ...(taken
      ? [
          {
            icon: 'keys',
            label: `Take the keyboard from ${taken}`,
            act: screen.hold,
            apart: true,
          } as const,
        ]
      : []),
    ...chords.slice(0, offered).map(
      ({ label, codes }, i): MenuItem => ({
        icon: 'keys',
        label: `Press ${label}`,
        act: () => {
          screen.enter();
          screen.chord(codes);
        },
        apart: i === 0,
      }),
    ),
  ];
}
