// `npm run bench:boot`: firmware to SHELL beside a plain Debian 13 with sshd, in the same QEMU, in turns; the
// memory of RayOS's own processes at SHELL; a picture of where the time goes.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sayUsage } from '../src/foundation/index.ts';
import { firstImage, prepareImages } from '../trials/machine/images.ts';
import { lookInside } from './boot/inside.ts';
import { plainDebian } from './boot/peer.ts';
import { pictureOf } from './boot/picture.ts';
import { type Boot, boot, debian, rayos, settled } from './boot/sides.ts';
import { judge, ratio, type Summary, summarize } from './statistics.ts';

const usage = `npm run bench:boot -- [options]

  --rounds N       boots of each side (default 5; fewer than 3 are not judged)
  --picture FILE   where the picture goes (default: dist/boot-time.svg)
  --json           the figures as JSON on standard output, the rest on standard error
  --help

Let the machine rest: load is printed beside the figures.
`;

/** At most so many times as long as Debian; what is aimed at; and memory. */
const promised = { ratio: 1.5, aim: 1.2, memoryMiB: 200 };
/** Their memory is promised together; the display is budgeted apart. */
const counted = /^(rayosd|rayos-logd|rayos-framer.*|ray-.*)\.service$/;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const options = read(args);
  if (options === undefined || options.help) return sayUsage(usage, options !== undefined);
  const rounds = Number(options.rounds);
  const say = (words: string) =>
    void (options.json ? process.stderr : process.stdout).write(`${words}\n`);
  await prepareImages(say);
  const folder = mkdtempSync(join(tmpdir(), 'rayos-bench-boot-'));
  try {
    const sides = [rayos(firstImage), debian(await plainDebian(say))];
    const ready = [];
    for (const side of sides) {
      say(`${side.name}: its first boot, not counted`);
      ready.push(await settled(side, folder));
    }
    const boots = new Map<string, Boot[]>(ready.map(({ name }) => [name, []]));
    for (let round = 1; round <= rounds; round++)
      // Who begins changes, so that neither always has the warmer host.
      for (const side of round % 2 === 1 ? ready : ready.toReversed()) {
        const one = await boot(side);
        boots.get(side.name)?.push(one);
        say(
          `${side.name}, round ${round} of ${rounds}: ${one.clockSeconds.toFixed(1)} s, ${one.cpuSeconds.toFixed(1)} s of processor time, load ${loadavg()[0]?.toFixed(1)}`,
        );
      }
    const [own] = ready;
    if (own === undefined) return 1;
    const { pssKiB, units } = await lookInside(own);
    writeFileSync(options.picture, pictureOf('RayOS, from the kernel to multi-user', units));
    const figures = {
      clock: compare(boots, ({ clockSeconds }) => clockSeconds),
      cpu: compare(boots, ({ cpuSeconds }) => cpuSeconds),
      memoryMiB: Object.fromEntries([...pssKiB].map(([name, kib]) => [name, kib / 1024])),
    };
    const memory = [...pssKiB]
      .filter(([name]) => counted.test(name))
      .reduce((sum, [, kib]) => sum + kib / 1024, 0);
    const isLight = memory > 0 && memory <= promised.memoryMiB;
    if (options.json) process.stdout.write(`${JSON.stringify({ ...figures, memory }, null, 2)}\n`);
    const verdict = judge(figures.clock.ratio, 'at most', promised.ratio);
    say(
      `\npower on to up, seconds:        RayOS ${text(figures.clock.rayos)}, Debian ${text(figures.clock.debian)}`,
    );
    say(
      `  RayOS / Debian:               ${text(figures.clock.ratio)}; at most ${promised.ratio}: ${verdict}; aim ${promised.aim}: ${judge(figures.clock.ratio, 'at most', promised.aim)}`,
    );
    say(`processor time, RayOS / Debian: ${text(figures.cpu.ratio)}`);
    say(
      `memory at SHELL, MiB (PSS):     ${memory.toFixed(0)}; at most ${promised.memoryMiB}: ${isLight ? 'met' : 'MISSED'}`,
    );
    for (const [name, mib] of Object.entries(figures.memoryMiB))
      say(`  ${name}: ${mib.toFixed(1)}`);
    say(`picture: ${options.picture}`);
    return verdict !== 'MISSED' && isLight ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function compare(boots: ReadonlyMap<string, readonly Boot[]>, of: (boot: Boot) => number) {
  const [own, peer] = ['RayOS', 'Debian 13'].map((name) => (boots.get(name) ?? []).map(of));
  return {
    rayos: summarize(own ?? []),
    debian: summarize(peer ?? []),
    ratio: ratio(own ?? [], peer ?? []),
  };
}

const text = ({ median, low, high }: Summary) =>
  `${median.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;

function read(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        rounds: { type: 'string', default: '5' },
        picture: { type: 'string', default: join(import.meta.dirname, '../dist/boot-time.svg') },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return /^[1-9]\d?$/.test(values.rounds) ? values : undefined;
  } catch {
    return undefined;
  }
}
