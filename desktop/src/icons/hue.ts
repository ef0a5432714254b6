// Six hues that agree with the wallpaper; a guest keeps its own.

const hues = 6;

/** The hue of a name, 0 to 5: the same on every machine. */
export function hueOf(name: string): number {
  // FNV-1a: names that differ in one letter get hues that have nothing to do with each other.
  let hash = 0x811c9dc5;
  for (const char of name) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 8) % hues;
}
