// What the bench was asked on its command line.

import { parseArgs } from 'node:util';

/** What can be measured, in the order in which it is. */
export const measures = {
  small: 'key → pixel, a square of 64 pixels changes',
  full: 'key → pixel, the whole screen changes',
  flat: 'frames a second, the whole screen in one colour',
  pattern: 'frames a second, every pixel changes',
  link: 'frames a second over 20 Mbit/s and 40 ms, with how true the pictures are (SSIM)',
  idle: 'bytes and processor time of a presented guest in which nothing moves',
  loop: 'event-loop delay of rayosd, three viewers at full motion and one stalled',
  desktop: 'the Linux desktop: off to ready, saved to presented (minutes under emulation)',
  rest: 'rayosd: ready, and resident with one guest',
  hidden: 'processor time of rayosd with 20 hidden guests (6 GiB of memory, minutes)',
} as const;

export type MeasureName = keyof typeof measures;

export type BenchOptions = {
  readonly rounds: number;
  readonly only: readonly MeasureName[];
  readonly json: boolean;
  readonly help: boolean;
  /** Short windows: to see that the bench works, not to believe its figures. */
  readonly quick: boolean;
};

const names = Object.keys(measures) as MeasureName[];

export const usage = `npm run bench:presentation -- [options]

  --only NAMES   measure these alone, separated by commas (default: all)
  --rounds N     turns of each side (default 6; fewer than 3 are not judged)
  --quick        1 round and short windows: shows that the bench works
  --json         the report as JSON on standard output, the rest on standard error
  --help

${names.map((name) => `  ${name.padEnd(8)} ${measures[name]}`).join('\n')}

RAYOS_QEMU=PATH measures with another QEMU. Let the machine rest: load is printed beside the figures.`;

/** Throws an Error in words. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false, short: 'h' },
    },
  });
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 6));
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 100)
    throw new Error(`"${values.rounds}" is no number of rounds`);
  const asked = values.only?.split(',').filter((name) => name !== '') ?? names;
  const unknown = asked.find((name) => !names.includes(name as MeasureName));
  if (unknown !== undefined || asked.length === 0)
    throw new Error(`there is no measure "${unknown ?? ''}"; there are ${names.join(', ')}`);
  return {
    rounds,
    only: names.filter((name) => asked.includes(name)),
    json: values.json,
    help: values.help,
    quick: values.quick,
  };
}
