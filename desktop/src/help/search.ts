// Passages of the documentation that answer a question: RayOS looks them up; when it cannot, this page
// looks for the words itself.

import type { DesktopModel } from '../desktop/model.ts';
import type { Manual } from './pages.ts';

export type Passage = {
  readonly page: string;
  readonly title: string;
  readonly heading: string;
  readonly text: string;
};

const mostPassages = 5;

export async function answer(
  question: string,
  manual: readonly Manual[],
  run: DesktopModel['run'],
): Promise<readonly Passage[]> {
  const outcome = await run('help.search', { text: question.slice(0, 300), limit: mostPassages });
  return outcome.kind === 'done' ? outcome.result.passages : searchHere(question, manual);
}

/** Sections with most of the question's words, rarer words counting more. */
export function searchHere(
  question: string,
  manual: readonly Pick<Manual, 'name' | 'title' | 'source'>[],
): Passage[] {
  const sections = manual.flatMap(sectionsOf);
  const words = [...new Set(wordsOf(question))];
  const weight = new Map(
    words.map((word) => [
      word,
      1 / (1 + sections.filter((section) => section.words.has(word)).length),
    ]),
  );
  return sections
    .map((section) => ({
      section,
      score: words.reduce((sum, w) => sum + (section.words.has(w) ? (weight.get(w) ?? 0) : 0), 0),
    }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, mostPassages)
    .map(({ section: { words: _, ...passage } }) => passage);
}

function sectionsOf({ name, title, source }: Pick<Manual, 'name' | 'title' | 'source'>) {
  return source.split(/^(?=#{1,3} )/m).map((part) => {
    const [, heading = title] = /^#{1,3} (.+)$/m.exec(part) ?? [];
    const text = part.replace(/^#{1,3} .+\n/, '').trim();
    return { page: name, title, heading, text, words: new Set(wordsOf(part)) };
  });
}

function wordsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? [];
  // "folders" answers a question about a folder.
  return words.map((word) => (word.length > 4 ? word.replace(/s$/, '') : word));
}
