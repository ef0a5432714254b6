// Boots in words.

import type { CommandResult } from '../../contracts/index.ts';
import { type Cell, pairs, table } from './columns.ts';
import type { Say } from './results.ts';
import { clock, duration } from './words.ts';

export function bootStatus(now: CommandResult<'boot.status'>, { style }: Say): string[] {
  const { stage, next, degraded, bad } = now;
  const far = stage === undefined ? 'not recorded' : stage.toLowerCase();
  const rows: (readonly [string, string | undefined])[] = [
    ['entry', now.entry === '' ? 'not known' : now.entry],
    ['stage', stage === 'GOLDEN' ? style.green('golden') : far],
    ['next', next ?? 'nothing to start'],
    ['degraded', degraded.length === 0 ? undefined : style.yellow(degraded.join(', '))],
    ['bad', bad.length === 0 ? undefined : style.red(bad.join(', '))],
    ['boot', now.bootId],
  ];
  const versions = now.versions.map(({ version, state, failures }): Cell[] => [
    version,
    state,
    String(failures),
  ]);
  return [
    now.reason,
    ...pairs(rows, style).map((line) => `  ${line}`),
    ...table(['VERSION', 'STATE', 'FAILED IN A ROW'], versions, style),
    ...now.notes,
  ];
}

export function bootHistory({ boots }: CommandResult<'boot.history'>, { style }: Say): string[] {
  if (boots.length === 0) return ['No boot has been recorded.'];
  const rows = boots.map((boot): Cell[] => [
    clock(boot.began),
    boot.version,
    boot.stages
      .map(({ stage, afterMs }) => `${stage.toLowerCase()} ${duration(afterMs)}`)
      .join(', '),
    {
      text: boot.end,
      paint: { golden: style.green, failed: style.red }[boot.end as string] ?? plain,
    },
    boot.reason,
  ]);
  return table(['BEGAN', 'VERSION', 'STAGES', 'END', 'WHY'], rows, style);
}

export function bootChecks(now: CommandResult<'boot.checks'>, { style }: Say): string[] {
  const rows = now.checks.map(({ name, state, words }): Cell[] => [
    name,
    { text: state, paint: { good: style.green, degraded: style.yellow, bad: style.red }[state] },
    words,
  ]);
  return [
    now.golden
      ? 'This boot is golden.'
      : `This boot is golden once no check has been bad for ${now.holdSeconds} s.`,
    ...table(['CHECK', 'STATE', 'FOUND'], rows, style),
  ];
}

const plain = (text: string) => text;
