// The lock file: each Debian package that an image is made with, as one line of words. A build takes these
// and no others, whatever the archive has by then.
//
//   NAME VERSION ARCHITECTURE SHA-256 PARTS
//
// Parts: `image` (the system), `initrd`, `recovery`, `tools` (what builds them). Lines `wanted PART NAMES` say what was
// asked for; the rest are dependencies. `#` begins a comment.

import { RayError } from '../../src/contracts/index.ts';

export const parts = ['image', 'initrd', 'recovery', 'tools'] as const;
export type Part = (typeof parts)[number];

export type LockedPackage = {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** Of the .deb file, as the archive's signed index had it. */
  readonly sha256: string;
  readonly parts: readonly Part[];
};

/** The names that each part asks for. */
export type Wanted = Readonly<Record<Part, readonly string[]>>;

export type Lock = {
  /** When the archive was asked, as a date. */
  readonly date: string;
  readonly wanted: Wanted;
  /** By name. */
  readonly packages: readonly LockedPackage[];
};

/** As apt writes it: the tools are for another processor than the image where the builder's is another. */
export const idOf = ({ name, architecture }: LockedPackage) => `${name}:${architecture}`;

export const byId = (a: LockedPackage, b: LockedPackage) => (idOf(a) < idOf(b) ? -1 : 1);

/** A package whose version in a build is not the lock's. Undefined: it has none there. */
export type Drift = {
  readonly name: string;
  readonly locked: string | undefined;
  readonly used: string | undefined;
};

const forms = {
  name: /^[a-z0-9][a-z0-9+.-]*$/,
  version: /^[0-9A-Za-z][0-9A-Za-z.+:~-]*$/,
  architecture: /^(all|amd64|arm64)$/,
  sha256: /^[0-9a-f]{64}$/,
};

export function formatLock({ date, wanted, packages }: Lock): string {
  return [
    '# Debian packages of the image, its initrd, recovery and the build tools. Made by: npm run image -- --update-lock',
    `date ${date}`,
    ...parts.map((part) => `wanted ${part} ${[...wanted[part]].sort().join(' ')}`),
    ...[...packages]
      .sort(byId)
      .map((p) => `${p.name} ${p.version} ${p.architecture} ${p.sha256} ${listOf(p.parts)}`),
    '',
  ].join('\n');
}

const listOf = (some: readonly Part[]) => parts.filter((part) => some.includes(part)).join(',');

/** Reads a lock file. Throws BUILD_FAILED that names the line that is none. */
export function parseLock(text: string): Lock {
  let date: string | undefined;
  const wanted = new Map<string, readonly string[]>();
  const packages = new Map<string, LockedPackage>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '' || line.startsWith('#')) continue;
    const words = line.split(' ');
    if (words[0] === 'date' && words.length === 2) date = words[1];
    else if (words[0] === 'wanted' && isPart(words[1])) wanted.set(words[1], words.slice(2));
    else {
      const read = parsePackage(words);
      if (read === undefined || packages.has(idOf(read)))
        throw broken(`line ${index + 1} is no package, or one that was there before`);
      packages.set(idOf(read), read);
    }
  }
  const [image, initrd, recovery, tools] = parts.map((part) => wanted.get(part));
  if (!date || !image || !initrd || !recovery || !tools)
    throw broken('its date or a line `wanted` is missing');
  return { date, wanted: { image, initrd, recovery, tools }, packages: [...packages.values()] };
}

function parsePackage(words: readonly string[]): LockedPackage | undefined {
  const [name = '', version = '', architecture = '', sha256 = '', list = ''] = words;
  const fields = { name, version, architecture, sha256 };
  const isForm = Object.entries(forms).every(([field, form]) =>
    form.test(fields[field as keyof typeof fields]),
  );
  const named = list.split(',').filter(isPart);
  if (!isForm || words.length !== 5 || named.length !== list.split(',').length) return undefined;
  return { ...fields, parts: named };
}

const isPart = (word: string | undefined): word is Part => parts.some((part) => part === word);

function broken(why: string): RayError {
  return new RayError('BUILD_FAILED', `the lock file of the image's packages is broken: ${why}`, {
    remedy: 'Make it anew: npm run image -- --update-lock',
  });
}

/** What is different in `used`, by name. */
export function driftOf(lock: Pick<Lock, 'packages'>, used: readonly LockedPackage[]): Drift[] {
  const before = new Map(lock.packages.map((p) => [idOf(p), p]));
  const after = new Map(used.map((p) => [idOf(p), p]));
  return [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .filter((id) => before.get(id)?.sha256 !== after.get(id)?.sha256)
    .map((id) => ({ name: id, locked: before.get(id)?.version, used: after.get(id)?.version }));
}
