// Completion in the prompt: words of commands, and whole sentences.

import { candidates, type GuestNames } from '../complete/complete.ts';
import { fill } from '../help/help.ts';
import type { Row } from '../rows.ts';

/** What readline asks of a completer: what the end of the line may become, and that end. */
export function completeLine(
  line: string,
  rows: readonly Row[],
  guests: GuestNames,
): [string[], string] {
  const words = line.split(/\s+/);
  const typed = words.at(-1) ?? '';
  const fromCommands = candidates(words, rows, guests).map(({ word }) => `${word} `);
  if (fromCommands.length > 0 && words.length > 1) return [fromCommands, typed];
  const lower = line.toLowerCase();
  const sentences = phrases(rows, guests).filter((sentence) => sentence.startsWith(lower));
  if (words.length === 1) return [[...new Set([...fromCommands, ...sentences])], line];
  return [sentences, line];
}

/** Every phrase, with each guest in it; what else is to be filled in ends the sentence. */
function phrases(rows: readonly Row[], guests: GuestNames): string[] {
  return rows.flatMap((row) =>
    row.phrases.flatMap((phrase) => {
      const [fixed = ''] = phrase.split(/(?=\{(?!guest\}))/);
      if (!fixed.includes('{guest}')) return [fixed];
      return guests.map((guest) =>
        fill(fixed, { ...row.sample, guest: guest.title.toLowerCase() }),
      );
    }),
  );
}
