// Candidates for the word that is being typed: commands, options, values, guests, sentences.

import type { Client } from '../daemon/client.ts';
import { optionWords } from '../line/options.ts';
import { findRoute } from '../line/route.ts';
import type { Parameter, Row } from '../rows.ts';

export type Candidate = { readonly word: string; readonly about: string };
export type GuestNames = readonly { readonly name: string; readonly title: string }[];

const ownWords: readonly Candidate[] = [
  { word: 'help', about: 'say what a command does and takes' },
  { word: 'completion', about: 'print the completion for a shell' },
];
const shells = ['bash', 'zsh', 'fish'];

/** What the last of `words` may become; it may be empty. */
export function candidates(
  words: readonly string[],
  rows: readonly Row[],
  guests: GuestNames,
): Candidate[] {
  const typed = words.at(-1) ?? '';
  const before = words.slice(0, -1).filter((word) => word !== '--json' && word !== 'help');
  return possible(before, typed, words, rows, guests).filter(({ word }) => word.startsWith(typed));
}

function possible(
  before: readonly string[],
  typed: string,
  words: readonly string[],
  rows: readonly Row[],
  guests: GuestNames,
): Candidate[] {
  const route = findRoute(rows, before);
  if (route !== undefined) return ofCommand(route.row, route.rest, typed, guests);
  if (before[0] === 'completion')
    return shells.map((word) => ({ word, about: `completion for ${word}` }));
  if (typed.startsWith('-')) return optionCandidates();
  const next = rows
    .filter(({ cli }) => cli.length > before.length && before.every((word, i) => cli[i] === word))
    .map((row): Candidate => {
      const word = row.cli[before.length] ?? '';
      const isWhole = row.cli.length === before.length + 1;
      return { word, about: isWhole ? row.summary : `${word} …` };
    });
  const isFirst = words.length === 1;
  return unique([...next, ...(isFirst ? ownWords : [])]);
}

function ofCommand(
  row: Row,
  rest: readonly string[],
  typed: string,
  guests: GuestNames,
): Candidate[] {
  const last = rest.at(-1);
  const flagged = row.parameters.find((p) => `--${p.flag}` === last && p.type !== 'boolean');
  if (flagged !== undefined) return valuesOf(flagged, guests);
  if (typed.startsWith('-')) {
    const flags = row.parameters
      .filter((p) => !p.isLocal && !rest.includes(`--${p.flag}`))
      .map((p): Candidate => ({ word: `--${p.flag}`, about: p.description ?? p.name }));
    return [...flags, ...optionCandidates()];
  }
  const given = positionsIn(row, rest);
  const parameter = row.parameters.find((p) => p.name === row.positional[given]);
  return parameter === undefined ? [] : valuesOf(parameter, guests);
}

/** How many positions are filled already: words that are neither flags nor values of flags. */
function positionsIn(row: Row, rest: readonly string[]): number {
  return rest.filter((word, i) => {
    const before = row.parameters.find((p) => `--${p.flag}` === rest[i - 1]);
    return !word.startsWith('-') && (before === undefined || before.type === 'boolean');
  }).length;
}

function valuesOf({ name, values }: Parameter, guests: GuestNames): Candidate[] {
  if (values !== undefined) return values.map((word) => ({ word, about: name }));
  if (name !== 'guest') return [];
  return guests.map((guest) => ({ word: guest.name, about: guest.title }));
}

function optionCandidates(): Candidate[] {
  return optionWords.map(([form, about]) => ({ word: form.split(' ')[0] ?? form, about }));
}

function unique(found: readonly Candidate[]): Candidate[] {
  return [...new Map(found.map((candidate) => [candidate.word, candidate])).values()];
}

/** Guests for completion; none when RayOS does not answer at once. */
export async function guestNames(client: Client): Promise<GuestNames> {
  try {
    const call = { command: 'guest.list', arguments: {} };
    const { guests } = (await client.call(call, AbortSignal.timeout(500))) as {
      guests: GuestNames;
    };
    return guests;
  } catch {
    return [];
  }
}

/** `rayos __complete WORDS…`: one candidate a line, with a tab before what it is about. */
export async function printCandidates(
  words: readonly string[],
  from: {
    readonly rows: readonly Row[];
    readonly client: Client;
    readonly output: NodeJS.WritableStream;
  },
): Promise<number> {
  const needsGuests = candidates([...words.slice(0, -1), ''], from.rows, [
    { name: '?', title: '' },
  ]);
  const guests = needsGuests.some(({ word }) => word === '?') ? await guestNames(from.client) : [];
  for (const { word, about } of candidates(words, from.rows, guests))
    from.output.write(`${word}\t${about.replace(/\s+/g, ' ')}\n`);
  return 0;
}
