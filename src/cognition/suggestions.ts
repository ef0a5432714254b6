// Sentences to suggest when one was not understood: the table's own phrases, with real guests in them.

import type { Command } from '../contracts/index.ts';
import type { KnownGuest } from './guest-reference.ts';
import { editDistance } from './nearest.ts';
import type { Template } from './template.ts';

type Form = { readonly command: string; readonly template: Template };

/** A suggestion has to be at least this much like the sentence (1 is the same). */
const leastLikeness = 0.55;

/** Up to three sentences that would be understood, nearest first. */
export function suggestPhrases(
  text: string,
  forms: readonly Form[],
  guests: readonly KnownGuest[],
  table: Readonly<Record<string, Command>>,
): string[] {
  const wanted = text.toLowerCase().trim().slice(0, 100);
  const sentences = forms.flatMap(({ command, template }) =>
    fill(template.phrase, guests, table[command]?.sample ?? {}),
  );
  return [...new Set(sentences)]
    .map((sentence) => ({ sentence, likeness: likeness(wanted, sentence.toLowerCase()) }))
    .filter((candidate) => candidate.likeness >= leastLikeness)
    .sort((a, b) => b.likeness - a.likeness || a.sentence.localeCompare(b.sentence))
    .slice(0, 3)
    .map(({ sentence }) => sentence);
}

function fill(
  phrase: string,
  guests: readonly KnownGuest[],
  sample: Command['sample'],
): readonly string[] {
  const filled = phrase.replace(/\{(\w+)\}/g, (slot, name: string) =>
    name === 'guest' ? slot : String(sample[name] ?? '…'),
  );
  if (!filled.includes('{guest}')) return [filled];
  return guests.map((guest) => filled.replace('{guest}', guest.title.toLowerCase()));
}

/** 1 minus the share of letters that differ. */
function likeness(a: string, b: string): number {
  return 1 - editDistance(a, b) / Math.max(1, a.length, b.length);
}
