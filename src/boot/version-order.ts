// The order of versions, as systemd-boot has it (its strverscmp_improved()): it decides which entry is newest,
// so RayOS has to order as it does. The UAPI Version Format Specification describes the same method; where
// its text and systemd differ ("~" beside the end of a string, "^" beside ".", no digits beside 0), systemd is followed.
// https://uapi-group.org/specifications/specs/version_format_specification/

/**
 * Less than 0 if `a` is older than `b`, more than 0 if it is newer, 0 if they are the same version (which
 * they may be as different strings: "1_" and "1"). Never throws; looks at each character a few times at most.
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [new Cursor(a), new Cursor(b)];
  for (;;) {
    left.skipSeparators();
    right.skipSeparators();
    // A pre-release is older than the release, so "~" comes before the end of the string.
    const tilde = marked(left, right, '~');
    if (tilde !== 0) return tilde;
    if (left.isAtEnd || right.isAtEnd) return Number(right.isAtEnd) - Number(left.isAtEnd);
    for (const mark of ['-', '^', '.']) {
      const order = marked(left, right, mark);
      if (order !== 0) return order;
    }
    const order =
      left.isAtDigit || right.isAtDigit
        ? compareNumbers(left.take(isDigit), right.take(isDigit))
        : compareLetters(left.take(isLetter), right.take(isLetter));
    if (order !== 0) return order;
  }
}

/** A mark that one string has here and the other has not makes it the older one; what both have is passed. */
function marked(left: Cursor, right: Cursor, mark: string): number {
  const [has, other] = [left.here === mark, right.here === mark];
  if (has && other) {
    left.next();
    right.next();
    return 0;
  }
  return Number(other) - Number(has);
}

/** By value, however long: no number of JavaScript would hold all of them. No digit is less than 0. */
function compareNumbers(a: string, b: string): number {
  if (a === '' || b === '') return a.length - b.length;
  const [x, y] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return x.length - y.length || compareLetters(x, y);
}

/** By code, so that capital letters come first; of two that begin alike the longer one is newer. */
function compareLetters(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const isDigit = (character: string) => character >= '0' && character <= '9';
const isLetter = (character: string) =>
  (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
const isMeant = (character: string) =>
  isDigit(character) || isLetter(character) || (character !== '' && '~-^.'.includes(character));

class Cursor {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The character here; '' at the end. */
  get here(): string {
    return this.#text.charAt(this.#at);
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  get isAtDigit(): boolean {
    return isDigit(this.here);
  }

  next(): void {
    this.#at++;
  }

  skipSeparators(): void {
    while (!this.isAtEnd && !isMeant(this.here)) this.#at++;
  }

  take(wanted: (character: string) => boolean): string {
    const from = this.#at;
    while (!this.isAtEnd && wanted(this.here)) this.#at++;
    return this.#text.slice(from, this.#at);
  }
}
