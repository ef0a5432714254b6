// `npm run bench:boot`: firmware to SHELL beside a plain Debian 13 with sshd, in the same QEMU, in turns; the
// memory of RayOS's own processes when it is golden; a picture of where the time goes.

import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { asRayError, exitCodes } from '../src/contracts/index.ts';
import { sayUsage } from '../src/foundation/index.ts';
import { firstImage, prepareImages } from '../trials/machine/images.ts';
import { ownFolder } from '../trials/machine/own-folder.ts';
import { lookInside } from './boot/inside.ts';
import { plainDebian } from './boot/peer.ts';
import { writePicture } from './boot/picture.ts';
import { isLight, isSoon, memoryOf, memoryWords, timesOf, timesWords } from './boot/report.ts';
import { type Boot, boot, debian, rayos, type Side, settled } from './boot/sides.ts';

const usage = `npm run bench:boot -- [options]

  --rounds N       boots of each side (default 3; fewer are not judged)
  --picture FILE   where the picture goes, an SVG (default: dist/boot-time.svg)
  --json           the figures as JSON on standard output, the rest on standard error
  --help

Nine boots with three rounds, about 12 minutes in software emulation on two processors, besides the images, which
are built when they are not there. Let the machine rest: load is printed beside the figures.
`;

type Options = NonNullable<ReturnType<typeof read>>;
type Say = (words: string) => void;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const options = read(args);
  if (options === undefined || options.help) return sayUsage(usage, options !== undefined);
  const say: Say = (words) =>
    void (options.json ? process.stderr : process.stdout).write(`${words}\n`);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => stop.abort());
  try {
    return (await measure(options, say, stop.signal)) ? exitCodes.done : exitCodes.failed;
  } catch (thrown) {
    const { message, next } = asRayError(thrown);
    process.stderr.write(stop.signal.aborted ? 'Stopped.\n' : `${message}\n${next}\n`);
    return exitCodes.failed;
  }
}

/** Whether nothing that is promised was missed. */
async function measure(options: Options, say: Say, signal: AbortSignal): Promise<boolean> {
  await prepareImages(say, signal);
  const peer = debian(await plainDebian(say, signal));
  using folder = ownFolder('rayos-bench-boot');
  say('the first boot of both, at once, not counted');
  const [own, other] = await bothSettled(rayos(firstImage), peer, folder.path, signal);
  const times = timesOf(await inTurns(own, other, Number(options.rounds), say, signal));
  say(timesWords(times));
  say('\none more boot of RayOS, which is asked from inside when it is golden');
  const inside = await lookInside(own, signal);
  const memory = memoryOf(inside.pssKiB);
  say(memoryWords(memory));
  writePicture(options.picture, 'RayOS, from power on to the end of its start', inside);
  say(`picture: ${options.picture}`);
  if (options.json) process.stdout.write(`${JSON.stringify({ ...times, memory }, null, 2)}\n`);
  return isSoon(times) && isLight(memory);
}

/** Neither is measured, so they may share the processors. Where one fails the other ends before this does. */
async function bothSettled(
  own: Side,
  peer: Side,
  folder: string,
  signal: AbortSignal,
): Promise<readonly [Side, Side]> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const one = async (side: Side) => {
    try {
      return await settled(side, folder, either);
    } catch (thrown) {
      failed.abort(thrown);
      throw thrown;
    }
  };
  const both = [one(own), one(peer)] as const;
  await Promise.allSettled(both);
  return await Promise.all(both);
}

async function inTurns(own: Side, peer: Side, rounds: number, say: Say, signal: AbortSignal) {
  const boots: Record<Side['name'], Boot[]> = { RayOS: [], 'Debian 13': [] };
  for (let round = 1; round <= rounds; round++)
    // Who begins changes, so that neither always has the warmer host.
    for (const side of round % 2 === 1 ? [own, peer] : [peer, own]) {
      const one = await boot(side, signal);
      boots[side.name].push(one);
      const [clock, cpu] = [one.clockSeconds.toFixed(1), one.cpuSeconds.toFixed(1)];
      const load = loadavg()[0]?.toFixed(1);
      say(
        `${side.name}, round ${round} of ${rounds}: ${clock} s, ${cpu} s of processor time, load ${load}`,
      );
    }
  return boots;
}

function read(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        rounds: { type: 'string', default: '3' },
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
