// What a presented guest costs in which nothing moves: bytes to a viewer, and processor time.

import type { TestRayos } from '../../trials/harness/rayos.ts';
import { one, type Process, stopwatch, tree } from '../processes.ts';
import { SocketViewer, signIn } from '../socket-viewer.ts';

export type Idle = {
  readonly bytesASecond: number[];
  /** Of one core, in percent: rayosd and every framer together. */
  readonly rayosPercent: number[];
  /** The guest and its QEMU, whose clock ticks whatever RayOS does. */
  readonly qemuPercent: number[];
};

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** The guest is presented and still. */
export async function measureIdle(
  rayos: TestRayos,
  guest: string,
  surface: string,
  { rounds, windowMs }: { readonly rounds: number; readonly windowMs: number },
): Promise<Idle> {
  const session = await signIn(await rayos.address());
  const { pid: qemu } = await rayos.run('guest.show', { guest });
  if (qemu === undefined) throw new Error('the guest does not run');
  using viewer = await SocketViewer.open(session, surface);
  // rayosd's children, without what belongs to guests.
  const ours = (): readonly Process[] => {
    const guests = new Set(tree(qemu).map(({ pid }) => pid));
    return tree(rayos.pid).filter(({ pid }) => !guests.has(pid));
  };
  const idle: Idle = { bytesASecond: [], rayosPercent: [], qemuPercent: [] };
  await pause(3000); // the first picture has come, and its window has calmed down
  if (viewer.bytes < 1000) throw new Error('no picture came: nothing would be measured');
  for (let round = 0; round < rounds; round++) {
    const [bytes, start] = [viewer.bytes, performance.now()];
    const [spent, spentByQemu] = [stopwatch(ours), stopwatch(one(qemu))];
    await pause(windowMs);
    const ms = performance.now() - start;
    idle.bytesASecond.push(((viewer.bytes - bytes) * 1000) / ms);
    idle.rayosPercent.push((spent() / ms) * 100);
    idle.qemuPercent.push((spentByQemu() / ms) * 100);
  }
  return idle;
}
