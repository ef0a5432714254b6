// Text as keys of a US keyboard, by the names that QEMU has for them (QKeyCode).

const plain: Readonly<Record<string, string>> = {
  ' ': 'spc',
  '\n': 'ret',
  '\t': 'tab',
  '-': 'minus',
  '=': 'equal',
  '[': 'bracket_left',
  ']': 'bracket_right',
  ';': 'semicolon',
  "'": 'apostrophe',
  '`': 'grave_accent',
  '\\': 'backslash',
  ',': 'comma',
  '.': 'dot',
  '/': 'slash',
};
const shifted = '!@#$%^&*()_+{}:"~|<>?';
const unshifted = "1234567890-=[];'`\\,./";

/** The keys that are down at once, for one character. Throws for what the keyboard does not have. */
export function chordOf(character: string): readonly string[] {
  if (/^[a-z0-9]$/.test(character)) return [character];
  if (/^[A-Z]$/.test(character)) return ['shift', character.toLowerCase()];
  const key = plain[character];
  if (key !== undefined) return [key];
  const at = shifted.indexOf(character);
  if (character.length !== 1 || at < 0)
    throw new Error(`no key of a US keyboard writes ${JSON.stringify(character)}`);
  return ['shift', ...chordOf(unshifted[at] ?? '')];
}
