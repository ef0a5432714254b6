// The Linux desktop: from off to ready, and from a saved state to its picture.

import { buildGuestImage } from '../../guest-images/index.ts';
import type { TestRayos } from '../../trials/harness/rayos.ts';

export type DesktopStart = { readonly coldMs: number[]; readonly warmMs: number[] };

const recipe = 'linux-desktop';

/**
 * On a RayOS that has no such guest yet. Cold: from the start of its QEMU to the agent's word `ready`, as the guest
 * says it. Warm: from asking for it to the answer "presented", which comes with the first picture.
 */
export async function measureDesktop(
  rayos: TestRayos,
  guest: string,
  { cold, warm }: { readonly cold: number; readonly warm: number },
  tell: (what: string) => void,
): Promise<DesktopStart> {
  const found: DesktopStart = { coldMs: [], warmMs: [] };
  await buildGuestImage(recipe);
  await rayos.run('guest.create', { name: guest, recipe });
  for (let i = 0; i < cold; i++) {
    if (i > 0) await rayos.run('guest.stop', { guest });
    const shown = await rayos.run('guest.present', { guest });
    const { readyAfterMs } = shown.guest;
    if (readyAfterMs === undefined) throw new Error('the desktop did not say that it is ready');
    found.coldMs.push(readyAfterMs);
    tell(`cold start ${i + 1} of ${cold}: ${(readyAfterMs / 1000).toFixed(1)} s`);
  }
  for (let i = 0; i < warm; i++) {
    await rayos.run('guest.suspend', { guest });
    const start = performance.now();
    await rayos.run('guest.present', { guest });
    found.warmMs.push(performance.now() - start);
    tell(`wake ${i + 1} of ${warm}`);
  }
  await rayos.run('guest.stop', { guest });
  return found;
}
