// The boot that runs, as it is recorded: each stage is on the disk before its marker is on the console. At
// GOLDEN the entry is blessed: GOLDEN is recorded with the entry's old name, the entry is renamed, GOLDEN is
// recorded with its new name. A clean shutdown before GOLDEN gives the try back; one that follows from the
// deadline does not.

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type BootEntry,
  type BootEvent,
  bless,
  decide,
  type EspCalls,
  entryName,
  giveTryBack,
  mendCutRenames,
  parseEntryName,
  readEntries,
  slotsByEntries,
  stages,
} from '../boot/index.ts';
import {
  encodeSentence,
  formatMarker,
  type MarkerArguments,
  type MarkerName,
} from '../contracts/markers.ts';
import type { LoaderFacts } from '../host/efivars.ts';
import type { BootLog } from './boot-log.ts';
import type { Durability, LoggedFacts, Question, ToldStage } from './messages.ts';
import { runningEntry } from './running-entry.ts';

export type ThisBootParts = {
  readonly log: BootLog;
  readonly console: { print(line: string): void };
  /** EFI/Linux of the ESP. */
  readonly entriesFolder: string;
  /** Files that other units look for, gone with the boot. */
  readonly runFolder: string;
  readonly bootId: string;
  readonly version: string;
  readonly loader: LoaderFacts;
  /** Since the kernel started. */
  readonly nowMs: () => number;
  readonly espCalls?: EspCalls;
};

/** In the run folder: GOLDEN is reached; its time is over; the machine is being shut down. */
export const runFiles = {
  golden: 'golden',
  deadline: 'deadline-passed',
  stopping: 'stopping',
} as const;

const mostBad = 20;

export class ThisBoot {
  readonly #parts: ThisBootParts;
  readonly #bad = new Set<string>();
  #blessed: string | undefined;
  #notBlessed: string | undefined;

  constructor(parts: ThisBootParts) {
    this.#parts = parts;
  }

  /** Mends what a power cut left of an earlier blessing, and records KERNEL; goes on where an earlier logd was. */
  begin(): void {
    const { version, bootId, log } = this.#parts;
    this.#mendCuts();
    const { entries } = this.#esp();
    const kind = this.#entry()?.kind ?? 'system';
    const decision = decide({
      entries,
      slots: slotsByEntries(version, entries),
      records: log.records(),
      snapshots: [],
      running: { kind, version, bootId },
      isPastDeadline: false,
    });
    for (const { from } of decision.mend) this.#mend(from);
    if (this.#has('KERNEL')) {
      if (this.#has('GOLDEN')) this.#bless();
      return;
    }
    this.#record('KERNEL', decision.reason);
    this.#mark('BOOT_MARKER:KERNEL', { bootId, version, entry: this.#entryName() });
    this.#mark('BOOT_MARKER:DECISION', { reason: encodeSentence(decision.reason) });
  }

  /**
   * A stage that rayosd has reached. One that was reached before, by an earlier rayosd, is only said again.
   * Throws at GOLDEN after the deadline: the machine is being started again, and this boot has failed.
   */
  stage({ stage, reason, degraded }: Extract<Question, { kind: 'stage' }>): Durability {
    const { bootId, log } = this.#parts;
    if (stage === 'GOLDEN' && this.#isThere(runFiles.deadline))
      throw new Error('the deadline has passed: the machine is being started again');
    const kept = this.#has(stage) ? log.durability : this.#record(stage, reason);
    if (stage === 'GOLDEN') {
      this.#leave(runFiles.golden, reason);
      this.#mark('BOOT_MARKER:GOLDEN', { bootId, degraded });
      this.#bless();
    } else this.#mark(`BOOT_MARKER:${stage satisfies ToldStage}`, { bootId });
    return kept;
  }

  /** A check is bad, or is not any more: what the deadline's record says of it. */
  noteCheck(check: string, state: string): void {
    if (state !== 'bad') this.#bad.delete(check);
    else if (this.#bad.size < mostBad) this.#bad.add(check);
  }

  /** The machine is about to be started again, since it is not golden. */
  deadline(told: string): Durability {
    const reached = stages.findLast((one) => this.#has(one)) ?? 'nothing';
    const bad = this.#bad.size === 0 ? '' : `; bad: ${[...this.#bad].join(', ')}`;
    const reason = `${told}: it came as far as ${reached}${bad}`;
    this.#leave(runFiles.deadline, reason);
    const kept = this.#record('DEADLINE', reason);
    this.#mark('BOOT_MARKER:DEADLINE', { reason: encodeSentence(reason) });
    return kept;
  }

  /** The last that is recorded of a boot, when the machine (and not only logd) is being shut down in order. */
  stop(): void {
    if (!this.#isThere(runFiles.stopping)) return;
    if (this.#has('GOLDEN')) this.#record('STOPPED', 'shut down in order');
    else if (!this.#isThere(runFiles.deadline)) {
      this.#record('STOPPED', 'shut down in order before it was golden');
      this.#giveBack();
    }
  }

  /** Whether a blessing is still to be carried through. */
  get needsBlessing(): boolean {
    return this.#notBlessed !== undefined;
  }

  /** Blesses the running entry; what keeps it from that is kept in words, and it may be tried again. */
  blessAgain(): void {
    if (this.needsBlessing) this.#bless();
  }

  facts(withRecords: boolean): LoggedFacts {
    const { bootId, version, loader, log } = this.#parts;
    const { files, missing } = this.#esp();
    return {
      ...{ bootId, version, loader, files },
      entry: this.#entryName(),
      ...(missing === undefined ? {} : { espMissing: missing }),
      log: log.durability,
      ...(this.#blessed === undefined ? {} : { blessed: this.#blessed }),
      ...(this.#notBlessed === undefined ? {} : { notBlessed: this.#notBlessed }),
      records: withRecords ? log.records() : [],
    };
  }

  #bless(): void {
    const { entriesFolder, espCalls } = this.#parts;
    try {
      const entry = this.#entry();
      if (entry === undefined)
        throw new Error(this.#esp().missing ?? 'no entry on the ESP is that of the running system');
      if (entry.kind === 'recovery') return; // it is never counted
      const name = bless(entriesFolder, entry, espCalls);
      if (name !== entryName(entry)) this.#record('GOLDEN', 'blessed');
      this.#notBlessed = undefined;
      if (this.#blessed === name) return;
      this.#blessed = name;
      this.#mark('BOOT_MARKER:BLESSED', { entry: name });
    } catch (thrown) {
      this.#notBlessed = wordsOf(thrown);
    }
  }

  /** What an earlier boot's rename left. Where it cannot be mended, the blessing fails as well, and is told. */
  #mendCuts(): void {
    try {
      mendCutRenames(this.#parts.entriesFolder, this.#parts.espCalls);
    } catch {
      // The next blessing, or the next start, tries it again.
    }
  }

  #mend(from: string): void {
    const entry = parseEntryName(from);
    if (entry === undefined) return;
    try {
      bless(this.#parts.entriesFolder, entry, this.#parts.espCalls);
    } catch {
      // The next start finds the same, and `rayos boot status` says it.
    }
  }

  #giveBack(): void {
    const entry = this.#entry();
    if (entry === undefined) return;
    try {
      const name = giveTryBack(this.#parts.entriesFolder, entry, this.#parts.espCalls);
      if (name !== entryName(entry)) this.#mark('BOOT_MARKER:TRY_GIVEN_BACK', { entry: name });
    } catch {
      // A try less: the record says that the shutdown was clean.
    }
  }

  #record(event: BootEvent, reason: string): Durability {
    const { log, nowMs, bootId, version } = this.#parts;
    const before = log.durability.durable;
    const kept = log.append({
      event,
      time: new Date().toISOString(),
      monotonicMs: nowMs(),
      ...{ bootId, version, reason },
      entry: this.#entryName(),
    });
    if (before && !kept.durable) {
      const reason = encodeSentence(kept.why ?? '');
      this.#mark('LOG:UNRECORDED', { reason });
    }
    return kept;
  }

  #mark<N extends MarkerName>(name: N, args: MarkerArguments<N>): void {
    this.#parts.console.print(formatMarker(name, args));
  }

  #has(event: BootEvent): boolean {
    const { log, bootId } = this.#parts;
    return log.records().some((one) => one.bootId === bootId && one.event === event);
  }

  #entry(): BootEntry | undefined {
    const { version, loader } = this.#parts;
    return runningEntry(this.#esp().entries, version, loader);
  }

  #entryName(): string {
    const entry = this.#entry();
    return entry === undefined ? '' : entryName(entry);
  }

  #esp(): {
    readonly entries: readonly BootEntry[];
    readonly files: readonly string[];
    readonly missing?: string;
  } {
    try {
      const { entries, setAside, strange } = readEntries(this.#parts.entriesFolder);
      const files = [...entries.map(entryName), ...setAside, ...strange].slice(0, 200);
      return { entries, files };
    } catch (thrown) {
      return { entries: [], files: [], missing: wordsOf(thrown) };
    }
  }

  #isThere(file: string): boolean {
    return existsSync(join(this.#parts.runFolder, file));
  }

  /** These files are in memory; one that cannot be written leaves the machine to its deadline. */
  #leave(file: string, content: string): void {
    try {
      writeFileSync(join(this.#parts.runFolder, file), content);
    } catch {
      // Said above.
    }
  }
}

const wordsOf = (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown));
