// The US layout: which physical key, and whether with Shift, makes a character.

export type Stroke = { readonly code: string; readonly shift: boolean };

/** Code, character without Shift, character with it. */
const symbolKeys: readonly (readonly [code: string, plain: string, shifted: string])[] = [
  ['Backquote', '`', '~'],
  ['Minus', '-', '_'],
  ['Equal', '=', '+'],
  ['BracketLeft', '[', '{'],
  ['BracketRight', ']', '}'],
  ['Backslash', '\\', '|'],
  ['Semicolon', ';', ':'],
  ['Quote', "'", '"'],
  ['Comma', ',', '<'],
  ['Period', '.', '>'],
  ['Slash', '/', '?'],
];

const strokes = new Map<string, Stroke>([
  [' ', { code: 'Space', shift: false }],
  ['\n', { code: 'Enter', shift: false }],
  ['\t', { code: 'Tab', shift: false }],
]);
for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') {
  strokes.set(letter.toLowerCase(), { code: `Key${letter}`, shift: false });
  strokes.set(letter, { code: `Key${letter}`, shift: true });
}
for (const [digit, symbol] of [...')!@#$%^&*('].entries()) {
  strokes.set(String(digit), { code: `Digit${digit}`, shift: false });
  strokes.set(symbol, { code: `Digit${digit}`, shift: true });
}
for (const [code, plain, shifted] of symbolKeys) {
  strokes.set(plain, { code, shift: false });
  strokes.set(shifted, { code, shift: true });
}

/** The stroke that makes `character`; undefined when a US keyboard has none. */
export function strokeOf(character: string): Stroke | undefined {
  return strokes.get(character);
}

/** Every character that can be typed. */
export const typeableCharacters: readonly string[] = [...strokes.keys()];
