// Reads the machine's own apt sources and finds in them the Debian archive that the machine already
// trusts to reach. No archive's address is written in this project.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readStanzas } from './control.ts';

/** One entry of a sources file, whatever its form (sources.list(5)). */
export type SourceEntry = {
  readonly types: readonly string[];
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
  readonly signedBy: string | undefined;
};

/** Where a Debian release can be fetched from; `security` is missing where no source names it. */
export type DebianArchive = { readonly main: string; readonly security: string | undefined };

const codenames = new Set(
  'stable oldstable testing unstable sid bullseye bookworm trixie forky duke'.split(' '),
);

/** The one-line form: `deb [signed-by=/key arch=amd64] uri suite component…`. */
export function parseListFile(text: string): SourceEntry[] {
  const entries: SourceEntry[] = [];
  for (const raw of text.split('\n')) {
    const match = /^\s*(deb(?:-src)?)\s+(?:\[([^\]]*)\]\s*)?(\S.*)$/.exec(raw.replace(/#.*$/, ''));
    if (match === null) continue;
    const [uri, suite, ...components] = (match[3] ?? '').trim().split(/\s+/);
    if (uri === undefined || suite === undefined) continue;
    const signedBy = /(?:^|\s)signed-by=(\S+)/i.exec(match[2] ?? '')?.[1];
    entries.push({ types: [match[1] ?? ''], uris: [uri], suites: [suite], components, signedBy });
  }
  return entries;
}

/** The deb822 form: stanzas of `Field: value`. */
export function parseDeb822(text: string): SourceEntry[] {
  return readStanzas(text).flatMap((stanza) => {
    const words = (field: string) => (stanza.get(field) ?? '').split(/\s+/).filter((w) => w !== '');
    if (words('enabled')[0]?.toLowerCase() === 'no') return [];
    const [types, uris, suites] = [words('types'), words('uris'), words('suites')];
    if (types.length === 0 || uris.length === 0 || suites.length === 0) return [];
    return {
      types,
      uris,
      suites,
      components: words('components'),
      signedBy: words('signed-by')[0],
    };
  });
}

/** Every entry of an apt configuration folder. A file that cannot be read is passed over, as apt does. */
export function readSources(etcApt = '/etc/apt'): SourceEntry[] {
  const read = (path: string) => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return '';
    }
  };
  const parts = join(etcApt, 'sources.list.d');
  const names = (() => {
    try {
      return readdirSync(parts).sort();
    } catch {
      return [];
    }
  })();
  return [
    ...parseListFile(read(join(etcApt, 'sources.list'))),
    ...names.flatMap((name) => {
      if (name.endsWith('.list')) return parseListFile(read(join(parts, name)));
      return name.endsWith('.sources') ? parseDeb822(read(join(parts, name))) : [];
    }),
  ];
}

/**
 * The Debian archive among these entries; undefined when there is none. Third parties use Debian's
 * codenames too, so an entry counts only with component `main`, and one that is pinned to Debian's
 * keyring or whose path ends in `/debian` goes first. A wrong guess is caught by the signature check.
 */
export function findDebianArchive(entries: readonly SourceEntry[]): DebianArchive | undefined {
  const best = (isWanted: (suite: string) => boolean) =>
    entries
      .filter((e) => e.types.includes('deb') && e.components.includes('main'))
      .filter((e) => e.suites.some(isWanted))
      .flatMap((e) => e.uris.map((uri) => ({ uri, rank: rank(e, uri) })))
      .filter(({ uri }) => !/^(cdrom|file|copy):/.test(uri))
      .sort((a, b) => b.rank - a.rank)[0]?.uri;
  const main = best((suite) => codenames.has(suite));
  if (main === undefined) return undefined;
  return {
    main,
    security: best(
      (suite) =>
        codenames.has(suite.replace(/(-security|\/updates)$/, '')) &&
        /(-security|\/updates)$/.test(suite),
    ),
  };
}

function rank(entry: SourceEntry, uri: string): number {
  const isDebianKey = entry.signedBy?.includes('debian-archive') === true ? 4 : 0;
  const isForeignKey = entry.signedBy !== undefined && isDebianKey === 0 ? -4 : 0;
  const isDebianPath = /\/debian(-security)?(\.list)?\/?$/.test(uri) ? 2 : 0;
  return isDebianKey + isForeignKey + isDebianPath;
}
