// Loads the rows of the command table. Loading the contracts takes 50 ms (the schemas' library is 700
// modules), so the rows are kept as JSON beside the compile cache, for as long as their sources are the same.

import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Row } from './rows.ts';

const contracts = join(import.meta.dirname, '../contracts');
const sources = [contracts, join(contracts, 'commands')];
const ownFiles = [join(import.meta.dirname, 'rows.ts')];
const cacheFolder = join(import.meta.dirname, '../../node_modules/.cache/rayos');

/** The rows, from the cache if that was made from the sources as they are now. */
export async function loadRows(folder: string = cacheFolder): Promise<readonly Row[]> {
  const key = sourcesKey();
  const file = join(folder, 'commands.json');
  const kept = readKept(file);
  if (kept?.key === key) return kept.rows;
  const [{ commands }, { rowsOf }] = await Promise.all([
    import('../contracts/index.ts'),
    import('./rows.ts'),
  ]);
  const rows = rowsOf(commands);
  keep(folder, file, { key, rows });
  return rows;
}

type Kept = { readonly key: string; readonly rows: readonly Row[] };

function sourcesKey(): string {
  const files = sources.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  );
  return [...files, ...ownFiles]
    .map((file) => {
      const { size, mtimeMs, ino } = statSync(file);
      return `${file} ${size} ${mtimeMs} ${ino}`;
    })
    .join('\n');
}

function readKept(file: string): Kept | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Kept;
  } catch {
    return undefined; // none yet, or garbled: it is made again
  }
}

/** Keeps the rows where that is possible; without a writable folder every start reads the contracts. */
function keep(folder: string, file: string, kept: Kept): void {
  try {
    mkdirSync(folder, { recursive: true });
    const temporary = `${file}.${process.pid}`;
    writeFileSync(temporary, JSON.stringify(kept));
    renameSync(temporary, file);
  } catch {
    // A folder that belongs to somebody else, or a read-only system: slower, not wrong.
  }
}
