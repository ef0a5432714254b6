// What `report` found, kept for the menus. A menu shows itself without it, too: then it looks itself.

import { readFileSync, writeFileSync } from 'node:fs';
import type { Findings } from './findings.ts';

/** Keeps what was found. */
export function keepFindings(file: string, found: Findings): void {
  writeFileSync(file, JSON.stringify(found));
}

/** What was kept; where that cannot be read, what `look` finds now. */
export function keptFindings(file: string, look: () => Findings): Findings {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Findings;
  } catch {
    return look();
  }
}
