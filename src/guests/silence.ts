// Guests that answer nothing any more: asked every few seconds, and written down as the reason that people
// read, until they answer again.

import { sleep } from '../foundation/index.ts';
import type { Mark } from '../log/index.ts';
import type { Ledger } from './ledger.ts';
import type { GuestRow, Registry } from './registry.ts';
import type { RunningGuest, Silence } from './running.ts';

export type SilenceParts = {
  readonly registry: Registry;
  readonly ledger: Ledger;
  readonly mark: Mark;
  /** Whether the guest is still in our charge. */
  isOurs(): boolean;
};

const silenceMs = 5000;

const hungReasons = {
  QEMU: ({ name }: GuestRow) =>
    `QEMU does not answer. End it, if it stays so: rayos guest kill ${name}`,
  agent: ({ name }: GuestRow) =>
    `the desktop in it has not answered for a minute. End it, if it stays so: rayos guest kill ${name}`,
} as const;

/** Tells when QEMU, or the agent inside, answers nothing any more, and when it answers again. */
export async function watchSilence(
  row: GuestRow,
  guest: RunningGuest,
  { registry, ledger, mark, isOurs }: SilenceParts,
  life: AbortSignal,
): Promise<void> {
  let told: Silence;
  const reasons = new HungReason();
  while (isOurs()) {
    await sleep(silenceMs, life).catch(() => undefined);
    if (!isOurs() || life.aborted) return;
    const silent = await guest.silent(silenceMs);
    if (!isOurs() || silent === 'busy' || silent === told) continue;
    told = silent;
    const now = registry.find(row.id);
    if (now) {
      const reason = reasons.next(silent && hungReasons[silent](row), now.reason);
      ledger.setState(row.id, now.state, reason);
    }
    if (silent !== undefined) mark('GUEST:HUNG', { guest: row.name, what: silent });
    ledger.changed.emit();
  }
}

/** The reason that stands in a guest's row while something of it does not answer, and afterwards. */
export class HungReason {
  #words: string | undefined;
  #before: string | undefined;

  /**
   * The reason to write down. `words` say that it hangs, undefined that it answers; `now` is what stands
   * there. What stood there before (why it is paused) stands there again when it answers.
   */
  next(words: string | undefined, now: string | undefined): string | undefined {
    const isOurs = this.#words !== undefined && now === this.#words;
    if (!isOurs) this.#before = now;
    this.#words = words;
    return words ?? this.#before;
  }
}
