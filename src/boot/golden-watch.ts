// Whether this boot is golden: all checks have been good or degraded for the hold time, without a break. They
// are asked in rounds; one that is bad begins the hold anew. After GOLDEN they are asked on, more rarely, so
// that `rayos boot checks` tells what is so now.

import { sleep } from '../foundation/clock.ts';
import { ask, type Check, type Checked, type CheckState } from './check.ts';

export type GoldenParts = {
  readonly checks: readonly Check[];
  readonly holdMs: number;
  /** A check has become degraded or bad, or good again. */
  changed(check: string, state: CheckState): void;
  /** The hold has been kept. Asked again after a round when it rejects. */
  golden(checked: readonly Checked[]): Promise<void>;
  readonly clock?: Clock;
};

export type Clock = {
  now(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
};

/** Between two rounds: five of them in a short hold, and no more than one a second. */
const soonest = 1_000;
const latest = 5_000;
const afterGoldenMs = 300_000;

export class GoldenWatch implements AsyncDisposable {
  readonly #parts: GoldenParts;
  readonly #clock: Clock;
  readonly #newest = new Map<string, Checked>();
  readonly #over = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #isGolden = false;

  constructor(parts: GoldenParts) {
    this.#parts = parts;
    this.#clock = parts.clock ?? { now: () => performance.now(), sleep };
  }

  get isGolden(): boolean {
    return this.#isGolden;
  }

  /** The newest answers, in the order of their declaration; of those not asked yet, none. */
  get checked(): readonly Checked[] {
    return this.#parts.checks.flatMap(({ name }) => this.#newest.get(name) ?? []);
  }

  start(): void {
    this.#running = this.#watch(this.#over.signal).catch(() => {});
  }

  /** Asks all checks, also those that are asked once. */
  async askAll(signal: AbortSignal): Promise<readonly Checked[]> {
    await this.#round(this.#parts.checks, signal);
    return this.checked;
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { checks, holdMs, golden } = this.#parts;
    const pauseMs = Math.min(latest, Math.max(soonest, holdMs / 5));
    let wellSince: number | undefined;
    while (!signal.aborted) {
      const began = this.#clock.now();
      const due = checks.filter(({ name, isAskedOnce }) => {
        const state = this.#newest.get(name)?.state;
        return isAskedOnce !== true || state === undefined || state === 'bad';
      });
      await this.#round(due, signal);
      if (signal.aborted) return;
      const isWell = this.checked.every(({ state }) => state !== 'bad');
      // Since its end: a round that took long has seen nothing of the time before.
      wellSince = isWell ? (wellSince ?? this.#clock.now()) : undefined;
      if (!this.#isGolden && wellSince !== undefined && began - wellSince >= holdMs) {
        try {
          await golden(this.checked);
          this.#isGolden = true;
        } catch {
          // Whoever is told says why; it is tried again.
        }
      }
      await this.#clock.sleep(this.#isGolden ? afterGoldenMs : pauseMs, signal);
    }
  }

  async #round(checks: readonly Check[], signal: AbortSignal): Promise<void> {
    await Promise.all(
      checks.map(async (check) => {
        const result = await ask(check, signal);
        if (signal.aborted) return;
        const before = this.#newest.get(check.name)?.state ?? 'good';
        const { name, asks } = check;
        this.#newest.set(name, { ...result, name, asks, time: new Date().toISOString() });
        if (before !== result.state) this.#parts.changed(name, result.state);
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    await this.#running;
  }
}
