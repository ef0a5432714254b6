// The two programs of the recovery system: `report` says once, on every console, why it runs; `menu` is the
// menu on the terminal that it is started on.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { formatMarker } from '../contracts/markers.ts';
import { run } from './command.ts';
import { type Findings, findOut } from './findings.ts';
import { showMenu, type Terminal } from './menu.ts';
import { deviceOf } from './partitions.ts';
import { reasonOf, reportOf } from './report.ts';

const resultFile = '/run/rayos-recovery/findings.json';

switch (process.argv[2]) {
  case 'report':
    report();
    break;
  case 'menu': {
    using terminal = openTerminal();
    const found = JSON.parse(readFileSync(resultFile, 'utf8')) as Findings;
    await showMenu(terminal, { run, found, look, device: deviceOf });
    break;
  }
  default:
    process.stderr.write('usage: main.ts report | menu\n');
    process.exitCode = 2;
}

function report(): void {
  const found = look();
  mkdirSync(dirname(resultFile), { recursive: true });
  writeFileSync(resultFile, JSON.stringify(found));
  const lines = [
    formatMarker('RECOVERY:STARTED', { why: found.why }),
    // As a whole, so in an encoding of its own: a marker's plain arguments have no spaces.
    `RAYOS_RECOVERY:REASON:${encodeURIComponent(reasonOf(found))}`,
    ...reportOf(found),
  ];
  // Through the kernel's log: it goes to every console that there is, and waits for none.
  for (const line of lines.flatMap((text) => text.split('\n')))
    if (line !== '') writeFileSync('/dev/kmsg', `<4>${line.slice(0, 900)}\n`);
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
