// A machine's boots in a folder, for tests: an ESP, a log, a console that keeps its lines.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterStart, type EspCalls, entryName, parseEntryName } from '../../boot/index.ts';
import type { LoaderFacts } from '../../host/efivars.ts';
import { BootLog } from '../boot-log.ts';
import { ThisBoot } from '../this-boot.ts';

export class BootFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'rayos-logd-'));
  readonly entries = join(this.path, 'esp/EFI/Linux');
  readonly run = join(this.path, 'run');
  readonly logFile = join(this.path, 'log/boot.records');
  lines: string[] = [];
  #count = 0;

  constructor(...names: readonly string[]) {
    for (const folder of [this.entries, this.run, join(this.path, 'log')])
      mkdirSync(folder, { recursive: true });
    for (const name of names) writeFileSync(join(this.entries, name), name);
  }

  /** Markers since the last look, without their prefix and arguments. */
  said(): string[] {
    return this.lines.splice(0).map((line) => line.split(':').slice(1, 2).join());
  }

  files(): string[] {
    return readdirSync(this.entries).sort();
  }

  log(): BootLog {
    return new BootLog({
      file: this.logFile,
      volatileFile: join(this.run, 'boot.records'),
    });
  }

  /** systemd-boot starts this entry, and a new boot begins. */
  startEntry(name: string): LoaderFacts {
    this.#count++;
    for (const file of readdirSync(this.run)) rmSync(join(this.run, file));
    const entry = parseEntryName(name);
    if (entry === undefined) return {};
    const { kind, version, tries } = entry;
    const selected = entryName({ kind, version }).toLowerCase();
    if (tries === undefined) return { selected };
    const now = entryName({ ...entry, tries: afterStart(tries) });
    // No firmware replaces a file by a rename: the entry is then started without being counted.
    if (existsSync(join(this.entries, now))) return { selected };
    renameSync(join(this.entries, name), join(this.entries, now));
    return { selected, countPath: `\\EFI\\Linux\\${now}` };
  }

  /** logd's view of the boot that runs; `made` again is logd started again. */
  boot(version: string, loader: LoaderFacts, espCalls?: EspCalls, log = this.log()): ThisBoot {
    return new ThisBoot({
      log,
      console: { print: (line) => void this.lines.push(line) },
      entriesFolder: this.entries,
      runFolder: this.run,
      bootId: `boot-${this.#count}`,
      version,
      loader,
      nowMs: () => 1000,
      ...(espCalls && { espCalls }),
    });
  }

  /** The machine is being shut down in order. */
  shutDown(boot: ThisBoot): void {
    writeFileSync(join(this.run, 'stopping'), '');
    boot.stop();
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}

export const stage = (name: 'SUBSYSTEMS' | 'SHELL' | 'GOLDEN') =>
  ({ kind: 'stage', stage: name, reason: 'test', degraded: 0 }) as const;
