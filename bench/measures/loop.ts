// How late rayosd's event loop is while three viewers take every frame of a guest that never rests and
// a fourth takes none.

import { existsSync, readFileSync, rmSync } from 'node:fs';
import type { TestRayos } from '../../trials/harness/rayos.ts';
import type { LoopDelay } from '../loop-delay.ts';
import { SocketViewer, signIn } from '../socket-viewer.ts';

export type LoopRound = LoopDelay & { readonly framesASecond: readonly number[] };

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** The guest draws already. `file` is where rayosd writes what it measured. */
export async function measureLoop(
  rayos: TestRayos,
  surface: string,
  file: string,
  { rounds, windowMs }: { readonly rounds: number; readonly windowMs: number },
): Promise<LoopRound[]> {
  const session = await signIn(await rayos.address());
  using viewers = new DisposableStack();
  using _stalled = await SocketViewer.open(session, surface, true);
  const three: SocketViewer[] = [];
  for (let i = 0; i < 3; i++) three.push(viewers.use(await SocketViewer.open(session, surface)));
  const found: LoopRound[] = [];
  for (let round = 0; round < rounds; round++) {
    await pause(500);
    rmSync(file, { force: true });
    const before = three.map(({ frames }) => frames);
    process.kill(rayos.pid, 'SIGUSR2');
    await pause(windowMs);
    process.kill(rayos.pid, 'SIGUSR2');
    const framesASecond = three.map(
      ({ frames }, i) => ((frames - (before[i] ?? 0)) * 1000) / windowMs,
    );
    for (let i = 0; i < 500 && !existsSync(file); i++) await pause(20);
    if (!existsSync(file)) throw new Error('rayosd did not say how late its event loop was');
    found.push({ ...(JSON.parse(readFileSync(file, 'utf8')) as LoopDelay), framesASecond });
  }
  return found;
}
