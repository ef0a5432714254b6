// A guest is asked to shut down: its agent first, then its power button; what remains is force, if that may be.

import { RayError } from '../contracts/index.ts';
import type { Mark } from '../log/index.ts';
import type { Custody } from './custody.ts';
import type { GuestRow } from './registry.ts';
import type { RunningGuest } from './running.ts';

export type StopStep = {
  readonly step: 'agent' | 'power-button' | 'kill';
  readonly afterMs: number;
};

export type StopParts = {
  readonly custody: Custody;
  readonly mark: Mark;
  /** Ends it after both were asked in vain. */
  readonly mayKill: boolean;
};

const agentStopMs = 10_000;
const powerButtonMs = 10_000;

/** Resolves with what was done when the guest's end has been noted down. Throws GUEST_WILL_NOT_STOP. */
export async function stopInSteps(
  row: GuestRow,
  guest: RunningGuest,
  { custody, mark, mayKill }: StopParts,
): Promise<StopStep[]> {
  const since = performance.now();
  const steps: StopStep[] = [];
  const step = (what: StopStep['step']) => {
    steps.push({ step: what, afterMs: Math.round(performance.now() - since) });
    mark('GUEST:STOPPING', { guest: row.name, step: what });
  };
  custody.expectEnd(row.id, true);
  if (row.spec.agent) {
    step('agent');
    guest.askToStop();
  }
  if (!row.spec.agent || !(await guest.goneWithin(agentStopMs))) {
    step('power-button');
    await guest.pressPower().catch(() => undefined); // it may be going just now
    if (!(await guest.goneWithin(powerButtonMs))) {
      if (!mayKill) {
        custody.expectEnd(row.id, false);
        throw new RayError(
          'GUEST_WILL_NOT_STOP',
          `${row.title} was asked to stop and still runs after ${Math.round((performance.now() - since) / 1000)} s`,
          { guest: row.name },
        );
      }
      step('kill');
      await guest.qemu.kill();
    }
  }
  await custody.ended(row.id);
  return steps;
}
