// rayosd by itself: how soon it is ready, what it keeps in memory, what hidden guests cost it.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestRayos } from '../../trials/harness/rayos.ts';
import { one, residentMiB, stopwatch } from '../processes.ts';

export type Rest = { readonly readyMs: number[]; readonly residentMiB: number[] };

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/**
 * Ends rayosd and starts it again beside its guest, which runs on. Ready is when
 * RAYOS_BOOT_MARKER:SHELL has come to a client, so the client's own way is in it.
 */
export async function measureRest(rayos: TestRayos, rounds: number): Promise<Rest> {
  const rest: Rest = { readyMs: [], residentMiB: [] };
  for (let round = 0; round < rounds; round++) {
    await rayos.kill();
    const start = performance.now();
    await rayos.boot();
    rest.readyMs.push(performance.now() - start);
    await pause(3000); // it presents again what was on screen, and keeps a spare framer
    rest.residentMiB.push(residentMiB(rayos.pid));
  }
  return rest;
}

export type Hidden = { readonly rayosdPercent: number[]; readonly residentMiB: number };

const memoryMiB = 128;

/** Starts so many hidden guests that draw nothing, on a RayOS of their own, and watches rayosd. */
export async function measureHidden(
  recipe: string,
  count: number,
  { rounds, windowMs }: { readonly rounds: number; readonly windowMs: number },
  tell: (running: number) => void,
): Promise<Hidden> {
  await using rayos = await TestRayos.start();
  const policy = join(rayos.stateDir, 'policy.toml');
  const text = readFileSync(policy, 'utf8');
  const allowed = text
    .replace(/^max_running = \d+/m, `max_running = ${count}`)
    .replace(/^on_exit = "\w+"/m, 'on_exit = "keep"'); // ended below, at once: nothing of theirs is wanted
  if (allowed === text) throw new Error(`${policy} has no max_running`);
  await rayos.stop();
  writeFileSync(policy, allowed, { mode: 0o600 });
  await rayos.boot();
  for (let i = 1; i <= count; i++) {
    const name = `hidden-${i}`;
    await rayos.run('guest.create', { name, recipe, memoryMiB });
    await rayos.run('guest.start', { guest: name });
    tell(i);
  }
  await pause(10_000); // kernels settle
  const found: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const spent = stopwatch(one(rayos.pid));
    const start = performance.now();
    await pause(windowMs);
    found.push((spent() / (performance.now() - start)) * 100);
  }
  return { rayosdPercent: found, residentMiB: residentMiB(rayos.pid) };
}
