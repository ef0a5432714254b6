// Chords that a browser or its system keeps for itself, to be sent from a menu.

import type { ViewerMessage } from '../../../src/contracts/index.ts';

export type Chord = { readonly label: string; readonly codes: readonly string[] };

const functionKeys = Array.from({ length: 12 }, (_, i) => i + 1);

/** What a menu may offer, in its order. */
export const chords: readonly Chord[] = [
  { label: 'Ctrl+Alt+Del', codes: ['ControlLeft', 'AltLeft', 'Delete'] },
  { label: 'Super', codes: ['MetaLeft'] },
  { label: 'Alt+Tab', codes: ['AltLeft', 'Tab'] },
  { label: 'Alt+F4', codes: ['AltLeft', 'F4'] },
  { label: 'Print Screen', codes: ['PrintScreen'] },
  { label: 'Ctrl+Alt+Backspace', codes: ['ControlLeft', 'AltLeft', 'Backspace'] },
  ...functionKeys.map((n) => ({ label: `F${n}`, codes: [`F${n}`] })),
  ...functionKeys.map((n) => ({
    label: `Ctrl+Alt+F${n}`,
    codes: ['ControlLeft', 'AltLeft', `F${n}`],
  })),
];

/** Sends a chord: keys go down in their order, and up in the opposite one. */
export function sendChord(send: (message: ViewerMessage) => void, codes: readonly string[]): void {
  for (const code of codes) send({ type: 'key', code, down: true });
  for (const code of [...codes].reverse()) send({ type: 'key', code, down: false });
}
