// How rayosd takes part in a boot of an installed RayOS: it tells logd each stage and waits until that is
// recorded, hands markers on for the console, asks the checks, and says what decides. A hosted RayOS has no
// boots: there stages are markers, and nothing else.

import { type Check, type Checked, degraded, GoldenWatch, good } from '../boot/checks/index.ts';
import {
  decide,
  entryName,
  historyOf,
  isSetAside,
  parseEntryName,
  slotsByEntries,
} from '../boot/index.ts';
import {
  type BootChecks,
  type BootHistory,
  type BootStatus,
  type MarkerName,
  RayError,
} from '../contracts/index.ts';
import { within } from '../foundation/index.ts';
import type { Recorder } from '../log/index.ts';
import { LogdClient, type LoggedFacts, type Question } from '../logd/index.ts';

export type Boot = AsyncDisposable & {
  /** Resolves when the stage is recorded, or cannot be within a bounded time. */
  reached(stage: 'SUBSYSTEMS' | 'SHELL'): Promise<void>;
  /** Begins to ask whether this boot is golden. */
  watch(checks: readonly Check[]): void;
  status(signal: AbortSignal): Promise<BootStatus>;
  history(last: number, signal: AbortSignal): Promise<BootHistory>;
  checks(fresh: boolean, signal: AbortSignal): Promise<BootChecks>;
};

type Marks = Pick<Recorder, 'mark' | 'bootId'>;

/** RayOS as a process of somebody's Linux. */
export function hostedBoot({ mark, bootId }: Marks): Boot {
  const none = () => {
    throw new RayError('NOT_ON_THIS_HOST', 'this RayOS runs hosted: it does not boot the machine', {
      remedy: 'Start the machine with the image of RayOS (`npm run image` builds it).',
    });
  };
  return {
    reached: async (stage) => mark(`BOOT_MARKER:${stage}`, { bootId }),
    watch: () => {},
    status: none,
    history: none,
    checks: none,
    [Symbol.asyncDispose]: async () => {},
  };
}

const usualWaitMs = 15_000;
/** Once logd has not answered, nothing waits as long for it again. */
const silentWaitMs = 1_000;
const factsWaitMs = 5_000;
const goldenWaitMs = 30_000;

/** logd says these itself, once they are recorded. */
const ownToLogd: ReadonlySet<MarkerName> = new Set([
  'BOOT_MARKER:SUBSYSTEMS',
  'BOOT_MARKER:SHELL',
  'BOOT_MARKER:GOLDEN',
]);

export type InstalledParts = {
  readonly socket: string;
  readonly holdMs: number;
  readonly recorder: Recorder;
  /** How long a stage waits for logd. */
  readonly stageWaitMs?: number;
};

export function installedBoot(parts: InstalledParts): Boot {
  return new InstalledBoot(parts);
}

class InstalledBoot implements Boot {
  readonly #logd: LogdClient;
  readonly #holdMs: number;
  readonly #waitMs: number;
  readonly #recorder: Recorder;
  readonly #over = new AbortController();
  readonly #unsubscribe: () => void;
  #watch: GoldenWatch | undefined;
  #isSilent = false;

  constructor({ socket, holdMs, recorder, stageWaitMs = usualWaitMs }: InstalledParts) {
    const logd = new LogdClient(socket);
    this.#logd = logd;
    this.#holdMs = holdMs;
    this.#waitMs = stageWaitMs;
    this.#recorder = recorder;
    this.#unsubscribe = recorder.marked.on(({ name, line }) => {
      if (!ownToLogd.has(name)) logd.marker(line);
    });
  }

  async reached(stage: 'SUBSYSTEMS' | 'SHELL'): Promise<void> {
    const { bootId, mark, record } = this.#bound();
    const question: Question = { kind: 'stage', stage, reason: '', degraded: 0 };
    // It goes on being asked when nobody waits any more: a logd that comes late records it.
    const told = this.#logd.ask(question, this.#over.signal);
    const late = () => new Error('logd does not answer');
    try {
      const waitMs = this.#isSilent ? Math.min(silentWaitMs, this.#waitMs) : this.#waitMs;
      const answer = await within(told, waitMs, late, this.#over.signal);
      this.#isSilent = false;
      if ('log' in answer && !answer.log.durable)
        record('warning', 'boot', `${stage} is recorded in memory only`, {
          why: answer.log.why ?? '',
        });
    } catch (thrown) {
      this.#isSilent = true;
      record('error', 'boot', `${stage} is not recorded`, { why: wordsOf(thrown) });
    }
    mark(`BOOT_MARKER:${stage}`, { bootId });
  }

  watch(checks: readonly Check[]): void {
    const { mark } = this.#bound();
    this.#watch = new GoldenWatch({
      checks: [...checks, ...this.#ownChecks()],
      holdMs: this.#holdMs,
      changed: (check, state) => mark('BOOT_MARKER:CHECK', { check, state }),
      golden: (checked) => this.#golden(checked),
    });
    this.#watch.start();
  }

  async status(signal: AbortSignal): Promise<BootStatus> {
    const facts = await this.#facts(true, signal);
    const entries = facts.files.flatMap((file) => parseEntryName(file) ?? []);
    const { records, bootId, version } = facts;
    const kind = parseEntryName(facts.entry)?.kind ?? 'system';
    const decision = decide({
      ...{ entries, records, snapshots: [], isPastDeadline: false },
      slots: slotsByEntries(version, entries),
      running: { kind, version, bootId },
    });
    const stage = historyOf(records, bootId)
      .find((boot) => boot.bootId === bootId)
      ?.stages.at(-1)?.stage;
    const named = (state: Checked['state']) =>
      (this.#watch?.checked ?? []).flatMap((one) => (one.state === state ? one.name : []));
    return {
      ...{ version, bootId, entry: facts.entry, reason: decision.reason },
      ...(stage === undefined ? {} : { stage }),
      ...(decision.next === undefined ? {} : { next: entryName(decision.next) }),
      versions: [...decision.versions],
      degraded: named('degraded'),
      bad: named('bad'),
      blessed: facts.blessed !== undefined,
      notes: notesOn(facts),
    };
  }

  async history(last: number, signal: AbortSignal): Promise<BootHistory> {
    const { records, bootId } = await this.#facts(true, signal);
    const boots = historyOf(records, bootId).slice(0, last);
    return { boots: boots.map(({ stages, ...boot }) => ({ ...boot, stages: [...stages] })) };
  }

  async checks(fresh: boolean, signal: AbortSignal): Promise<BootChecks> {
    if (fresh) await this.#watch?.askAll(signal);
    return {
      golden: this.#watch?.isGolden ?? false,
      holdSeconds: this.#holdMs / 1000,
      checks: [...(this.#watch?.checked ?? [])],
    };
  }

  /** Whether what decides the next boot can be kept, and the entry can be blessed. */
  #ownChecks(): Check[] {
    return [
      {
        name: 'log',
        asks: 'boots are recorded on the disk',
        ask: async (signal) => {
          const { log } = await this.#facts(false, signal);
          if (log.durable && log.why === undefined) return good('on the log partition');
          return degraded(log.why ?? 'in memory only');
        },
      },
      {
        name: 'entry',
        asks: 'the boot entry can be blessed',
        ask: async (signal) => {
          const { entry, espMissing, notBlessed, loader } = await this.#facts(false, signal);
          if (espMissing !== undefined) return degraded(`the ESP cannot be read: ${espMissing}`);
          if (entry === '') return degraded('no entry on the ESP is that of the running version');
          if (notBlessed !== undefined) return degraded(notBlessed);
          if (isTold(loader)) return good(entry);
          return degraded(`the firmware does not say which entry was started: ${entry} is assumed`);
        },
      },
    ];
  }

  async #golden(checked: readonly Checked[]): Promise<void> {
    const { bootId, mark } = this.#bound();
    const those = checked.filter(({ state }) => state === 'degraded').map(({ name }) => name);
    const reason = `all checks held for ${this.#holdMs / 1000} s${those.length === 0 ? '' : `; degraded: ${those.join(', ')}`}`;
    await this.#ask(
      { kind: 'stage', stage: 'GOLDEN', reason, degraded: those.length },
      goldenWaitMs,
      this.#over.signal,
    );
    mark('BOOT_MARKER:GOLDEN', { bootId, degraded: those.length });
  }

  async #facts(withRecords: boolean, signal: AbortSignal): Promise<LoggedFacts> {
    const answer = await this.#ask({ kind: 'facts', withRecords }, factsWaitMs, signal);
    if (!('facts' in answer)) throw new RayError('RECORDER_SILENT', 'logd answered something else');
    return answer.facts;
  }

  async #ask(question: Question, waitMs: number, signal: AbortSignal) {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(waitMs)]);
    try {
      return await this.#logd.ask(question, limit);
    } catch (thrown) {
      signal.throwIfAborted();
      const why = limit.aborted ? 'it does not answer' : wordsOf(thrown);
      throw new RayError('RECORDER_SILENT', `the flight recorder has not done it: ${why}`);
    }
  }

  #bound() {
    const recorder = this.#recorder;
    const { bootId, mark } = recorder;
    return { bootId, mark, record: recorder.record.bind(recorder) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#unsubscribe();
    this.#over.abort(new Error('RayOS is stopping'));
    await this.#watch?.[Symbol.asyncDispose]();
    this.#logd[Symbol.dispose]();
  }
}

/** Whether the boot loader has left word of the entry that it started. */
const isTold = ({ countPath, selected }: LoggedFacts['loader']) =>
  countPath !== undefined || selected !== undefined;

/** What a person should know beside the decision. */
function notesOn({ loader, log, espMissing, notBlessed, files, entry }: LoggedFacts): string[] {
  const { chosen, chosenOnce } = loader;
  const setAside = files.filter(isSetAside);
  const strange = files.filter((file) => !isSetAside(file) && parseEntryName(file) === undefined);
  return [
    ...(chosen === undefined
      ? []
      : [
          `The entry ${chosen} was chosen for good in the boot loader: it is started whatever is decided here.`,
        ]),
    ...(chosenOnce === undefined ? [] : [`The entry ${chosenOnce} is chosen for the next boot.`]),
    ...(isTold(loader) || entry === ''
      ? []
      : [`The firmware does not say which entry was started: by its version it is ${entry}.`]),
    ...(log.durable ? [] : [`Boots are recorded in memory only: ${log.why}.`]),
    ...(espMissing === undefined ? [] : [`The boot entries cannot be read: ${espMissing}.`]),
    ...(notBlessed === undefined ? [] : [`The entry is not blessed: ${notBlessed}.`]),
    ...(setAside.length === 0
      ? []
      : [
          `Set aside after a power cut, and not to be removed, since an entry may share its content: ${setAside.join(', ')}.`,
        ]),
    ...(strange.length === 0 ? [] : [`Not of RayOS, and left alone: ${strange.join(', ')}.`]),
  ];
}

const wordsOf = (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown));
