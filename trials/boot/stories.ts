// The stories that whole machines are put through: each is a file `NAME.trial.ts` here, its first comment
// says in words what it shows.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inTests } from '../machine/in-tests.mjs';

export type Story = {
  readonly name: string;
  readonly file: string;
  /** What it shows, in words. */
  readonly says: string;
  /** `npm test` runs it too. */
  readonly isInTests: boolean;
};

const suffix = '.trial.ts';

/** All stories, in the order of their names. */
export function findStories(folder = import.meta.dirname): Story[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(suffix))
    .sort()
    .map((file) => {
      const name = file.slice(0, -suffix.length);
      const path = join(folder, file);
      const says = firstComment(readFileSync(path, 'utf8'));
      return { name, file: path, says, isInTests: inTests.includes(name) };
    });
}

/** Words that name no story by its whole name select by a part of it. */
export function selectStories(
  stories: readonly Story[],
  words: readonly string[],
): { readonly chosen: readonly Story[]; readonly unknown: readonly string[] } {
  const of = (word: string) => {
    const exact = stories.filter(({ name }) => name === word);
    return exact.length > 0 ? exact : stories.filter(({ name }) => name.includes(word));
  };
  const wanted = new Set(words.flatMap(of));
  return {
    chosen: words.length === 0 ? stories : stories.filter((story) => wanted.has(story)),
    unknown: words.filter((word) => of(word).length === 0),
  };
}

/** The comment that a file begins with, as one line. */
export function firstComment(source: string): string {
  const lines = source.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('//'));
  return lines
    .slice(0, end === -1 ? lines.length : end)
    .map((line) => line.replace(/^\/\/ ?/, ''))
    .join(' ');
}
