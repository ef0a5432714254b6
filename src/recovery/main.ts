// The two programs of the recovery system: `report` says once, on every console, why it runs; `menu` is the
// menu on the terminal that it is started on.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { encodeSentence, formatMarker } from '../contracts/markers.ts';
import { takeLock } from '../foundation/index.ts';
import { runIn } from './command.ts';
import { type Findings, findOut } from './findings.ts';
import { keepFindings, keptFindings } from './kept.ts';
import { showMenu, type Terminal } from './menu.ts';
import { deviceOf } from './partitions.ts';
import { reasonOf, reportOf } from './report.ts';

const folder = '/run/rayos-recovery';
const findingsFile = join(folder, 'findings.json');
/** How long a menu without findings waits for another menu that looks, too. */
const longestLookMs = 10 * 60_000;

mkdirSync(folder, { recursive: true });
const run = runIn(folder);

switch (process.argv[2]) {
  case 'report':
    report();
    break;
  case 'menu': {
    using terminal = openTerminal();
    const found = keptFindings(findingsFile, lookAlone);
    await showMenu(terminal, { run, found, look, device: deviceOf, lock });
    break;
  }
  default:
    process.stderr.write('usage: main.ts report | menu\n');
    process.exitCode = 2;
}

function report(): void {
  const found = look();
  keepFindings(findingsFile, found);
  const lines = [
    formatMarker('RECOVERY:STARTED', { why: found.why }),
    formatMarker('RECOVERY:REASON', { sentence: encodeSentence(reasonOf(found)) }),
    ...reportOf(found),
  ];
  // Through the kernel's log: it goes to every console that there is, and waits for none.
  for (const line of lines.flatMap((text) => text.split('\n')))
    if (line !== '') writeFileSync('/dev/kmsg', `<4>${line.slice(0, 900)}\n`);
}

function lock(waitMs = 0): Disposable | undefined {
  return takeLock(join(folder, 'disk.lock'), waitMs);
}

function lookAlone(): Findings {
  using _ = lock(longestLookMs);
  return look();
}

function look(): Findings {
  const version = /^IMAGE_VERSION="?([^"\n]+)"?$/m.exec(
    readFileSync('/etc/os-release', 'utf8'),
  )?.[1];
  const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return findOut(run, { version: version ?? '', bootId });
}

function openTerminal(): Terminal & Disposable {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const gone = new AbortController();
  lines.once('close', () => gone.abort());
  return {
    say: (text) => void process.stdout.write(`${text}\n`),
    ask: async (question) => {
      try {
        return await lines.question(question, { signal: gone.signal });
      } catch {
        return undefined; // the terminal has gone
      }
    },
    [Symbol.dispose]: () => lines.close(),
  };
}
