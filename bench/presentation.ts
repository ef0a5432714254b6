// Key → pixel latency and frames a second, RayOS beside noVNC: same QEMU, same guest, same browser, same
// run, in turns. `npm run bench:presentation [-- --rounds N] [-- --json]`.

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { buildGuestImage } from '../guest-images/index.ts';
import { drawn, TestBrowser } from '../trials/harness/browser.ts';
import { TestRayos } from '../trials/harness/rayos.ts';
import { freePort, qemuWithVnc, servePeer } from './peer/peer.ts';
import { ratio, type Summary, summarize } from './statistics.ts';

declare global {
  var peer: {
    connected(): boolean;
    paints(): number;
    probe(x: number, y: number): Promise<number>;
  };
}

const guest = 'bench-guest';
const surface = 'bench-guest.0';
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '4' }, json: { type: 'boolean', default: false } },
});
const rounds = Number(values.rounds);
const keysARound = 15;
const framesForMs = 4000;
const say = (line: string) =>
  void (values.json ? process.stderr : process.stdout).write(`${line}\n`);

/** One way to look at the guest: it can send a key, tell when a pixel changes, and count its paints. */
type Side = {
  readonly name: 'RayOS' | 'noVNC';
  latency(x: number, y: number): Promise<number>;
  paints(): Promise<number>;
};

/** Sends a key to the element as a keyboard would, inside the page, and waits for the pixel. */
const keyInPage = { code: 'KeyA', key: 'a', bubbles: true, cancelable: true } as const;

function rayosSide(page: Page): Side {
  return {
    name: 'RayOS',
    latency: (x, y) =>
      page.evaluate(
        async ([id, px, py, key]) => {
          const changed = globalThis.rayos.probe(id, px, py);
          const target = document.querySelector(`[data-surface="${id}"]`);
          await new Promise((resolve) => setTimeout(resolve, 30)); // the probe is armed in the worker by then
          const start = performance.timeOrigin + performance.now();
          target?.dispatchEvent(new KeyboardEvent('keydown', key));
          target?.dispatchEvent(new KeyboardEvent('keyup', key));
          return (await changed) - start;
        },
        [surface, x, y, keyInPage] as const,
      ),
    paints: () =>
      page.evaluate(
        (id) => globalThis.rayos.surfaces().find((state) => state.surface === id)?.framesDrawn ?? 0,
        surface,
      ),
  };
}

function novncSide(page: Page): Side {
  return {
    name: 'noVNC',
    latency: (x, y) =>
      page.evaluate(
        async ([px, py, key]) => {
          const changed = globalThis.peer.probe(px, py);
          const target = document.querySelector('#screen canvas');
          await new Promise((resolve) => setTimeout(resolve, 30));
          const start = performance.timeOrigin + performance.now();
          target?.dispatchEvent(new KeyboardEvent('keydown', key));
          target?.dispatchEvent(new KeyboardEvent('keyup', key));
          return (await changed) - start;
        },
        [x, y, keyInPage] as const,
      ),
    paints: () => page.evaluate(() => globalThis.peer.paints()),
  };
}

/** The bench guest's keys (guest-images/bench-guest, scene.c), and a pixel that each reply to a key changes. */
const scenes = {
  still: { key: 'f1' },
  flat: { key: 'f2' },
  pattern: { key: 'f3' },
  small: { key: 'f4', x: 630, y: 400 },
  full: { key: 'f5', x: 640, y: 700 },
} as const;

async function show(rayos: TestRayos, scene: keyof typeof scenes): Promise<void> {
  await rayos.run('input.press', { keys: scenes[scene].key, guest });
  await new Promise((resolve) => setTimeout(resolve, 700)); // the first picture of it is on both screens
}

async function latencies(
  sides: readonly Side[],
  rayos: TestRayos,
  workload: 'small' | 'full',
): Promise<Map<string, number[]>> {
  await show(rayos, workload);
  const { x, y } = scenes[workload];
  const found = new Map(sides.map((side) => [side.name, [] as number[]]));
  for (let round = 0; round < rounds; round++) {
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      for (let i = 0; i < keysARound; i++) {
        found.get(side.name)?.push(await side.latency(x, y));
        await new Promise((resolve) => setTimeout(resolve, 60 + (i % 5) * 13)); // not in step with any timer
      }
    }
    say(`  ${workload} change, round ${round + 1} of ${rounds}`);
  }
  await show(rayos, 'still');
  return found;
}

async function rates(
  sides: readonly Side[],
  rayos: TestRayos,
  workload: 'flat' | 'pattern',
  alone: (side: Side) => Promise<void>,
): Promise<Map<string, number[]>> {
  const found = new Map(sides.map((side) => [side.name, [] as number[]]));
  await show(rayos, workload);
  for (let round = 0; round < rounds; round++) {
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      await alone(side);
      const before = await side.paints();
      const start = performance.now();
      await new Promise((resolve) => setTimeout(resolve, framesForMs));
      const seconds = (performance.now() - start) / 1000;
      found.get(side.name)?.push(((await side.paints()) - before) / seconds);
    }
    say(`  ${workload} frames, round ${round + 1} of ${rounds}`);
  }
  await show(rayos, 'still');
  return found;
}

const folder = mkdtempSync(join(tmpdir(), 'rayos-bench-'));
chmodSync(folder, 0o755); // the guest's user runs what is in it
const webSocket = await freePort(15700);
const vnc = await freePort(15950);
const wrapper = join(folder, 'qemu-with-vnc');
qemuWithVnc(wrapper, process.env.RAYOS_QEMU ?? '/usr/bin/qemu-system-x86_64', { vnc, webSocket });

await using rayos = await TestRayos.start([], { RAYOS_QEMU: wrapper });
await buildGuestImage(guest);
await rayos.run('guest.create', { name: guest, recipe: guest });
await rayos.run('guest.present', { guest });
const { qemu } = await rayos.run('system.status', {});
say(
  `RayOS beside noVNC 1.7: QEMU ${qemu?.version} (${qemu?.accelerator}), bench-guest, 1280×800, headless Chromium, ${rounds} rounds in turns, load ${loadavg()[0]?.toFixed(1)}`,
);
await using browser = await TestBrowser.start({ width: 1440, height: 960 });
const page = await browser.open(await rayos.address());
await drawn(page, surface);
await using served = await servePeer();
await using peerBrowser = await TestBrowser.start({ width: 1440, height: 960 });
const peerPage = await peerBrowser.openPlain(`${served.address}?ws=ws://127.0.0.1:${webSocket}`);
await peerPage.waitForFunction(() => globalThis.peer?.connected());

const sides = [rayosSide(page), novncSide(peerPage)] as const;
/** Both stay connected for latency; for rates the other one is hidden or closed, so that each has the machine. */
const alone = async (side: Side): Promise<void> => {
  await (side.name === 'RayOS'
    ? peerPage.goto('about:blank')
    : peerPage.goto(`${served.address}?ws=ws://127.0.0.1:${webSocket}`));
  if (side.name === 'noVNC') {
    await peerPage.waitForFunction(() => globalThis.peer?.connected());
    await page.goto('about:blank');
  } else if (page.url() === 'about:blank') {
    await page.goto(await rayos.address());
    await drawn(page, surface);
  }
};

const small = await latencies(sides, rayos, 'small');
const full = await latencies(sides, rayos, 'full');
const flat = await rates(sides, rayos, 'flat', alone);
const pattern = await rates(sides, rayos, 'pattern', alone);

const rows = [
  ['key → pixel, small change, ms', small, 'at most', 0.4],
  ['key → pixel, whole screen, ms', full, 'at most', 0.5],
  ['frames a second, flat', flat, 'at least', 2],
  ['frames a second, pattern', pattern, 'at least', 3],
] as const;
const of = (samples: Map<string, number[]>, name: string) => samples.get(name) ?? [];
if (values.json) {
  const report = rows.map(([name, samples, bound, must]) => ({
    name,
    must: { bound, ratio: must },
    rayos: summarize(of(samples, 'RayOS')),
    novnc: summarize(of(samples, 'noVNC')),
    ratio: ratio(of(samples, 'RayOS'), of(samples, 'noVNC')),
  }));
  process.stdout.write(`${JSON.stringify({ qemu, rows: report }, null, 2)}\n`);
} else {
  const text = ({ median, low, high }: Summary) =>
    `${median.toFixed(1)} [${low.toFixed(1)}, ${high.toFixed(1)}]`.padEnd(22);
  say(`\n${''.padEnd(34)}${'RayOS'.padEnd(22)}${'noVNC'.padEnd(22)}ratio RayOS/noVNC`);
  for (const [name, samples, bound, must] of rows) {
    const quotient = ratio(of(samples, 'RayOS'), of(samples, 'noVNC'));
    say(
      `${name.padEnd(34)}${text(summarize(of(samples, 'RayOS')))}${text(summarize(of(samples, 'noVNC')))}${quotient.median.toFixed(2)} [${quotient.low.toFixed(2)}, ${quotient.high.toFixed(2)}]  must ${bound} ${must}: ${(bound === 'at most' ? quotient.high <= must : quotient.low >= must) ? 'met' : 'MISSED'}`,
    );
  }
  say('\nMedians with 95 % intervals. Frames are paints of the visible canvas.');
}
rmSync(folder, { recursive: true });
