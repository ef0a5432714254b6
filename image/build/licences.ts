// Licences of what is in the image, in SPDX's words where they say the same, and in their own elsewhere.
// Debian: /usr/share/doc/NAME/copyright (copyright-format 1.0). npm: the field of package.json.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** As CycloneDX has it: an SPDX identifier, an SPDX expression, or the words of the source itself. */
export type Licence =
  | { readonly license: { readonly id: string } }
  | { readonly license: { readonly name: string } }
  | { readonly expression: string };

/** Debian's short names (and common ways of writing them), in lower case. */
const spdx: Readonly<Record<string, string>> = {
  '0bsd': '0BSD',
  'apache-2': 'Apache-2.0',
  'apache-2.0': 'Apache-2.0',
  artistic: 'Artistic-1.0-Perl',
  'artistic-2': 'Artistic-2.0',
  'bsd-2-clause': 'BSD-2-Clause',
  'bsd-3-clause': 'BSD-3-Clause',
  'bsd-4-clause': 'BSD-4-Clause',
  'bsl-1.0': 'BSL-1.0',
  'cc0-1.0': 'CC0-1.0',
  expat: 'MIT',
  fsfap: 'FSFAP',
  fsfullr: 'FSFULLR',
  'gpl-1': 'GPL-1.0-only',
  'gpl-1+': 'GPL-1.0-or-later',
  'gpl-2': 'GPL-2.0-only',
  'gpl-2.0': 'GPL-2.0-only',
  'gpl-2+': 'GPL-2.0-or-later',
  'gpl-2.0+': 'GPL-2.0-or-later',
  'gpl-3': 'GPL-3.0-only',
  'gpl-3+': 'GPL-3.0-or-later',
  isc: 'ISC',
  'lgpl-2': 'LGPL-2.0-only',
  'lgpl-2+': 'LGPL-2.0-or-later',
  'lgpl-2.0+': 'LGPL-2.0-or-later',
  'lgpl-2.1': 'LGPL-2.1-only',
  'lgpl-2.1+': 'LGPL-2.1-or-later',
  'lgpl-3': 'LGPL-3.0-only',
  'lgpl-3+': 'LGPL-3.0-or-later',
  libpng: 'Libpng',
  mit: 'MIT',
  'mpl-2.0': 'MPL-2.0',
  'ofl-1.1': 'OFL-1.1',
  'unicode-dfs-2016': 'Unicode-DFS-2016',
  x11: 'X11',
  zlib: 'Zlib',
};

/**
 * The licences that a copyright file names, each once, sorted. Empty when it is not in the form that machines
 * read: then it has to be read by a person.
 */
export function licencesOfCopyright(text: string): Licence[] {
  if (!/^Format(-Specification)?:/im.test(text.slice(0, 2000))) return [];
  const names = [...text.matchAll(/^License:[ \t]*(\S[^\n]*)$/gim)].map(([, name = '']) =>
    name.trim().replace(/\s+/g, ' ').slice(0, 200),
  );
  const found = new Map<string, Licence>();
  for (const name of names) {
    const id = spdx[name.toLowerCase()];
    found.set(id ?? name, id === undefined ? { license: { name } } : { license: { id } });
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, licence]) => licence);
}

/** Licences of a Debian package that is installed below one of `roots`; undefined where that is not known. */
export function debianLicences(name: string, roots: readonly string[]): Licence[] | undefined {
  for (const root of roots) {
    const file = join(root, 'usr/share/doc', name, 'copyright');
    if (!existsSync(file)) continue;
    const named = licencesOfCopyright(readFileSync(file, 'utf8'));
    return named.length > 0
      ? named
      : [{ license: { name: `as /usr/share/doc/${name}/copyright says` } }];
  }
  return undefined;
}

const ids = new Set(Object.values(spdx));

/** The licence of an npm package, by the field of its package.json. */
export function npmLicence(field: unknown): Licence[] | undefined {
  if (typeof field !== 'string' || field.trim() === '') return undefined;
  if (ids.has(field)) return [{ license: { id: field } }];
  return /^[A-Za-z0-9.+ ()-]+$/.test(field) && !/^SEE /i.test(field)
    ? [{ expression: field }]
    : [{ license: { name: field } }];
}
