// Files of Debian packages, fetched and unpacked without being installed.

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { paths } from '../../src/foundation/index.ts';

const run = promisify(execFile);

export type Unpacked = Disposable & { readonly folder: string };

/** Unpacks the first of `names` that the archive has. Packages are kept for the next run. */
export async function debianPackage(...names: readonly string[]): Promise<Unpacked> {
  const kept = join(paths().cacheDir, 'trial-packages');
  mkdirSync(kept, { recursive: true, mode: 0o755 });
  const find = () =>
    names
      .map((name) => readdirSync(kept).find((file) => file.startsWith(`${name}_`)))
      .find((file) => file !== undefined);
  const complaints: string[] = [];
  for (const name of names) {
    if (find() !== undefined) break;
    try {
      await run('apt-get', ['-q', 'download', name], { cwd: kept });
    } catch (thrown) {
      complaints.push(String(thrown));
    }
  }
  const file = find();
  if (file === undefined)
    throw new Error(`no ${names.join(' or ')} (apt-get update first?)\n${complaints.join('\n')}`);
  const folder = mkdtempSync(join(tmpdir(), 'rayos-deb-'));
  await run('dpkg-deb', ['-x', join(kept, file), folder]);
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The only file below `folder` whose path ends in `end`; the first one in order of names if there are more. */
export function fileBelow(folder: string, end: string): string {
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(end))
    .sort();
  if (found[0] === undefined) throw new Error(`there is no ${end} in ${folder}`);
  return join(folder, found[0]);
}
