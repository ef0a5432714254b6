// A sentence as words that remember where they stood, and the courtesies around it.

export type Word = {
  /** As written. */
  readonly raw: string;
  /** Lower case, without quotes and punctuation around it: what fixed words are compared with. */
  readonly bare: string;
  readonly start: number;
  readonly end: number;
};

export type Sentence = {
  readonly source: string;
  readonly words: readonly Word[];
  /** Index of the first word after courtesies such as "could you". */
  readonly from: number;
  /** Index after the last word before courtesies such as "please". */
  readonly to: number;
};

/** Words that change nothing: skipped in front of fixed words and of guests, never inside typed text. */
const fillers = new Set(['a', 'an', 'the', 'me', 'my', 'our']);

const openings = [
  'please',
  'kindly',
  'can you',
  'could you',
  'would you',
  'will you',
  'can i',
  'i want to',
  'i want you to',
  'i would like to',
  "i'd like to",
  "let's",
  'go ahead and',
  'hey',
  'hi',
  'hello',
  'ok',
  'okay',
  'now',
  'just',
  'rayos',
].map((words) => words.split(' '));

const closings = ['please', 'thanks', 'thank you', 'now', 'right now', 'for me', 'again'].map(
  (words) => words.split(' '),
);

export function isFiller(bare: string): boolean {
  return fillers.has(bare);
}

export function readSentence(source: string): Sentence {
  const words = [...source.matchAll(/\S+/g)].map(
    (match): Word => ({
      raw: match[0],
      bare: bareWord(match[0]),
      start: match.index,
      end: match.index + match[0].length,
    }),
  );
  let from = 0;
  let to = words.length;
  for (let length = openingAt(words, from); length > 0; length = openingAt(words, from))
    from += length;
  for (let length = closingAt(words, from, to); length > 0; length = closingAt(words, from, to))
    to -= length;
  return { source, words, from, to };
}

/** Words of the courtesy that begins at `from`, the longest; 0 if there is none or nothing would be left. */
function openingAt(words: readonly Word[], from: number): number {
  return Math.max(
    0,
    ...openings
      .filter(
        (opening) =>
          from + opening.length < words.length &&
          opening.every((part, i) => words[from + i]?.bare === part),
      )
      .map((opening) => opening.length),
  );
}

function closingAt(words: readonly Word[], from: number, to: number): number {
  if (to - from > 1 && words[to - 1]?.bare === '') return 1;
  return Math.max(
    0,
    ...closings
      .filter(
        (closing) =>
          to - closing.length > from &&
          closing.every((part, i) => words[to - closing.length + i]?.bare === part),
      )
      .map((closing) => closing.length),
  );
}

function bareWord(raw: string): string {
  return raw
    .toLowerCase()
    .replace(/’/g, "'")
    .replace(/^["'“”‘(]+|["'“”‘).,;:!?…]+$/gu, '');
}
