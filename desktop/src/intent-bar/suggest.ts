// Suggestions for the intent bar: the phrases of the command table, with the guests' names filled in,
// those that make sense now first. What a phrase means is decided by rayosd, not here.

import {
  type CommandName,
  commandNames,
  commandOf,
  type Guest,
} from '../../../src/contracts/index.ts';

export type Suggestion = {
  /** What is typed when it is chosen. */
  readonly text: string;
  readonly command: CommandName;
  readonly summary: string;
  /** True when the person still has to type the rest. */
  readonly open: boolean;
};

type Known = Pick<Guest, 'name' | 'state' | 'presented'>;
type Candidate = Suggestion & { readonly weight: number; readonly guest: string };

/** Phrases for a command line about nothing: not offered before something is typed. */
const quiet: ReadonlySet<string> = new Set(['session.link', 'hypervisor.probe', 'input.mouse']);

/** At most `limit` suggestions for what has been typed, best first. */
export function suggest(typed: string, guests: readonly Known[], limit = 7): Suggestion[] {
  const query = fold(typed);
  const scored = candidates(guests)
    .map((c) => ({ c, score: score(query, c) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.c.text.length - b.c.text.length);
  // Several phrases of one command for one guest say the same: one is enough while nothing is typed.
  const seen = new Set<string>();
  const kept = scored.filter(({ c }) => {
    const key = query === '' ? `${c.command} ${c.guest}` : c.text;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  return kept.slice(0, limit).map(({ c: { weight: _, guest: __, ...suggestion } }) => suggestion);
}

function candidates(guests: readonly Known[]): Candidate[] {
  const presented = guests.some((guest) => guest.presented);
  return commandNames.flatMap((name) => {
    const { phrases, summary } = commandOf(name);
    return phrases.flatMap((phrase, place) =>
      fill(phrase, guests).map(({ text, guest }) => ({
        text: text.replace(/\{.*$/s, ''),
        command: name,
        summary,
        open: /\{/.test(text),
        guest: guest?.name ?? '',
        // The first phrase and the first guest of the dock win among equals.
        weight:
          weigh(name, guest, presented) - place * 0.1 - (guest ? guests.indexOf(guest) * 0.01 : 0),
      })),
    );
  });
}

/** A phrase once for each guest, or as it is when it names none. */
function fill(phrase: string, guests: readonly Known[]): { text: string; guest?: Known }[] {
  if (!phrase.includes('{guest}')) return [{ text: phrase }];
  // A free argument before the guest: the person types that first.
  if (phrase.indexOf('{') < phrase.indexOf('{guest}')) return [];
  return guests.map((guest) => ({ text: phrase.replace('{guest}', spoken(guest.name)), guest }));
}

/** A guest's name as people say it. */
export function spoken(name: string): string {
  return name.replaceAll('-', ' ');
}

/** How likely it is that a person wants this now; below 0: it cannot be done now. */
function weigh(command: CommandName, guest: Known | undefined, presented: boolean): number {
  if (!guest) return quiet.has(command) || (command.startsWith('input.') && !presented) ? 0.5 : 2;
  const runs = guest.state === 'running' || guest.state === 'starting';
  switch (command) {
    case 'guest.present':
      return guest.presented ? 0.5 : 6;
    case 'guest.hide':
      return guest.presented ? 5 : 0.2;
    case 'screenshot.guest':
      return guest.presented ? 4 : 0.4;
    case 'guest.stop':
      return runs ? 3 : 0.2;
    case 'guest.start':
      return runs ? 0.2 : 3;
    case 'guest.kill':
      return runs ? 0.6 : 0.1;
    case 'guest.delete':
      return 0.1;
    default:
      return 1;
  }
}

function score(query: string, { text, weight, summary }: Candidate): number {
  if (query === '') return weight >= 1 ? weight : 0;
  const phrase = fold(text);
  if (phrase.startsWith(query) || query.startsWith(phrase.trim())) return 100 + weight;
  const words = query.split(' ');
  const inPhrase = words.filter((w) => phrase.split(' ').some((p) => p.startsWith(w))).length;
  if (inPhrase === words.length) return 60 + weight;
  if (phrase.includes(query)) return 40 + weight;
  const inSummary = words.filter((w) => w.length > 2 && fold(summary).includes(w)).length;
  if (inPhrase + inSummary === words.length) return 20 + weight;
  return 0;
}

function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[\s-]+/g, ' ')
    .trimStart();
}
