// What the bench says: the times of both sides and their ratio, and the memory of RayOS's own processes.

import { judge, ratio, type Summary, summarize } from '../statistics.ts';
import type { Boot, Side } from './sides.ts';

/** At most so many times as long as Debian; what is aimed at; and memory. */
const promised = { ratio: 1.5, aim: 1.2, memoryMiB: 200 };
/** Their memory is promised together; the display is budgeted apart. */
const counted = /^(rayosd|rayos-logd)\.service$|^rayos-framer-.*\.scope$/;

export type Boots = Readonly<Record<Side['name'], readonly Boot[]>>;

type Compared = { readonly rayos: Summary; readonly debian: Summary; readonly ratio: Summary };

export type Times = { readonly clock: Compared; readonly cpu: Compared };

export type Memory = {
  readonly totalMiB: number;
  /** Each service and scope, also those that are not counted. */
  readonly unitsMiB: Readonly<Record<string, number>>;
};

export function timesOf(boots: Boots): Times {
  const compare = (of: (boot: Boot) => number): Compared => {
    const [own, peer] = [boots.RayOS.map(of), boots['Debian 13'].map(of)];
    return { rayos: summarize(own), debian: summarize(peer), ratio: ratio(own, peer) };
  };
  return {
    clock: compare(({ clockSeconds }) => clockSeconds),
    cpu: compare(({ cpuSeconds }) => cpuSeconds),
  };
}

export function memoryOf(pssKiB: ReadonlyMap<string, number>): Memory {
  const unitsMiB = Object.fromEntries([...pssKiB].map(([name, kib]) => [name, kib / 1024]));
  const own = Object.entries(unitsMiB).filter(([name]) => counted.test(name));
  return { totalMiB: own.reduce((sum, [, mib]) => sum + mib, 0), unitsMiB };
}

export const isSoon = ({ clock }: Times) =>
  judge(clock.ratio, 'at most', promised.ratio) !== 'MISSED';

/** Nothing at all is no little memory: then nothing was found. */
export const isLight = ({ totalMiB }: Memory) => totalMiB > 0 && totalMiB <= promised.memoryMiB;

export function timesWords({ clock, cpu }: Times): string {
  const must = judge(clock.ratio, 'at most', promised.ratio);
  const aim = judge(clock.ratio, 'at most', promised.aim);
  return `
medians [95 % intervals] of ${clock.ratio.n} boots of each side
power on to up, seconds:         RayOS ${text(clock.rayos)}, Debian ${text(clock.debian)}
  RayOS / Debian:                ${text(clock.ratio)}; at most ${promised.ratio}: ${must}; aim ${promised.aim}: ${aim}
processor time, seconds:         RayOS ${text(cpu.rayos)}, Debian ${text(cpu.debian)}
  RayOS / Debian:                ${text(cpu.ratio)}`;
}

export function memoryWords(memory: Memory): string {
  const total = memory.totalMiB.toFixed(0);
  const verdict = isLight(memory) ? 'met' : 'MISSED';
  const units = Object.entries(memory.unitsMiB).map(
    ([name, mib]) => `  ${name}: ${mib.toFixed(1)}${counted.test(name) ? '' : ' (not counted)'}`,
  );
  return [
    `memory when golden, MiB (PSS):   ${total}; at most ${promised.memoryMiB}: ${verdict}`,
    ...units,
  ].join('\n');
}

const text = ({ median, low, high }: Summary) =>
  `${median.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
