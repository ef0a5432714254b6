// Sentence → command. Every phrase of the table is tried; the most specific form that fits wins, and
// what fits two commands equally is told instead of guessed.

import { type Command, type CommandName, isCommandName, RayError } from '../contracts/index.ts';
import { type FoundGuest, findGuest, guestError, type KnownGuest } from './guest-reference.ts';
import { suggestPhrases } from './suggestions.ts';
import { type Bindings, compileTemplate, matchTemplate, type Template } from './template.ts';
import { readSentence } from './words.ts';

export type Resolution =
  | {
      readonly understood: true;
      readonly command: CommandName;
      readonly arguments: Readonly<Record<string, string | number>>;
    }
  | {
      readonly understood: false;
      /** NOT_UNDERSTOOD, GUEST_AMBIGUOUS or GUEST_UNKNOWN. */
      readonly error: RayError;
      /** Sentences that would be understood, nearest first. */
      readonly suggestions: readonly string[];
    };

export type ResolverContext = { readonly guests: readonly KnownGuest[] };
export type PhraseResolver = {
  resolve(text: string, context: ResolverContext): Resolution;
};

type Form = { readonly command: CommandName; readonly template: Template };
type Reading = Form & { readonly bindings: Bindings };
type Failure = {
  readonly fixedCount: number;
  readonly reference: string;
  readonly found: Exclude<FoundGuest<KnownGuest>, { kind: 'one' }>;
};

/** More words than this are no attempt at a guest's name, and the sentence was not understood. */
const longestGuestReference = 4;

/** A resolver for a command table. Building it reads every phrase once; resolving does no I/O. */
export function createPhraseResolver(table: Readonly<Record<string, Command>>): PhraseResolver {
  const forms: Form[] = Object.entries(table).flatMap(([command, declaration]) =>
    isCommandName(command)
      ? declaration.phrases.map((phrase) => ({
          command,
          template: compileTemplate(phrase, declaration.arguments.properties),
        }))
      : [],
  );
  return {
    resolve(text, { guests }) {
      const { readings, failures } = read(text, forms, guests);
      const most = Math.max(0, ...readings.map(({ template }) => template.fixedCount));
      const failure = worstTold(failures, most, readings.length > 0);
      const suggest = () => suggestPhrases(text, forms, guests, table);
      if (failure !== undefined) {
        const error = guestError(failure.reference, failure.found, guests);
        return { understood: false, error, suggestions: suggest() };
      }
      const best = distinct(readings.filter(({ template }) => template.fixedCount === most));
      const [chosen, other] = best;
      if (chosen === undefined) return notUnderstood(suggest());
      if (other !== undefined) return ambiguous(best);
      return { understood: true, command: chosen.command, arguments: chosen.bindings };
    },
  };
}

/** Everything that the sentence can be read as, and the forms that fail on their guest alone. */
function read(text: string, forms: readonly Form[], guests: readonly KnownGuest[]) {
  const sentence = readSentence(text);
  const readings: Reading[] = [];
  const failures: Failure[] = [];
  for (const form of forms) {
    for (const bindings of matchTemplate(form.template, sentence)) {
      const reference = bindings.guest;
      if (typeof reference !== 'string') {
        readings.push({ ...form, bindings });
        break;
      }
      const found = findInSentence(reference, guests);
      if (found.kind === 'one') {
        readings.push({ ...form, bindings: { ...bindings, guest: found.guest.name } });
        break;
      }
      failures.push({ fixedCount: form.template.fixedCount, reference, found });
    }
  }
  return { readings, failures };
}

/**
 * The failure that has to be told. A guest that does not exist gives way to any other reading ("type it
 * into words" types text); a guest that could be two is told when its form is the more specific one.
 */
function worstTold(
  failures: readonly Failure[],
  bestFixedCount: number,
  isReadable: boolean,
): Failure | undefined {
  const bySpecificity = [...failures].sort((a, b) => b.fixedCount - a.fixedCount);
  const several = bySpecificity.find(({ found }) => found.kind === 'several');
  if (several !== undefined && several.fixedCount > bestFixedCount) return several;
  if (isReadable) return undefined;
  return bySpecificity.find(
    ({ reference }) => reference.split(/\s+/).length <= longestGuestReference,
  );
}

/** In a sentence, "the linux guest" and "vm linux" mean the guest linux. */
function findInSentence(reference: string, guests: readonly KnownGuest[]) {
  const found = findGuest(reference, guests);
  if (found.kind !== 'none') return found;
  const noun = /^(guest|vm|machine)\s+|\s+(guest|vm|machine)$/gi;
  return findGuest(reference.replace(noun, ''), guests);
}

function distinct(readings: readonly Reading[]): Reading[] {
  const byMeaning = new Map<string, Reading>();
  for (const reading of readings) {
    const meaning = JSON.stringify([reading.command, Object.entries(reading.bindings).sort()]);
    if (!byMeaning.has(meaning)) byMeaning.set(meaning, reading);
  }
  return [...byMeaning.values()];
}

// The sentence itself is not repeated in a message: it may be something that was meant to be typed.
function notUnderstood(suggestions: readonly string[]): Resolution {
  const hint = suggestions.length === 0 ? '' : `; the nearest it knows: ${quoteAll(suggestions)}`;
  const error = new RayError('NOT_UNDERSTOOD', `RayOS does not know that sentence${hint}`, {
    suggestions: suggestions.join('; '),
  });
  return { understood: false, error, suggestions };
}

function ambiguous(readings: readonly Reading[]): Resolution {
  const suggestions = [...new Set(readings.map(({ template }) => template.phrase))];
  const commands = [...new Set(readings.map(({ command }) => command))].join(' or ');
  const error = new RayError('NOT_UNDERSTOOD', `that sentence can mean ${commands}`, {
    suggestions: suggestions.join('; '),
  });
  return { understood: false, error, suggestions };
}

function quoteAll(phrases: readonly string[]): string {
  return phrases.map((phrase) => `"${phrase}"`).join(', ');
}
