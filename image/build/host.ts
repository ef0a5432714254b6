// What a build needs of the machine, asked before anything is fetched or written.

import { run } from '../../guest-images/build/run.ts';
import { RayError } from '../../src/contracts/index.ts';

/** Programs that are run outside of the tools tree and that not every Debian has, with their packages. */
const programs = [
  ['mmdebstrap', 'mmdebstrap'],
  ['qemu-img', 'qemu-utils'],
  ['dpkg-deb', 'dpkg'],
  ['apt-get', 'apt'],
] as const;

/** Throws NOT_ON_THIS_HOST where no image can be built. */
export async function needBuildHost(signal?: AbortSignal): Promise<void> {
  if (process.arch !== 'x64')
    throw new RayError('NOT_ON_THIS_HOST', 'the image is built on x86-64 machines', {
      remedy:
        'Build it on an x86-64 machine with Debian 12 or 13: --arch says for which processors.',
    });
  if (process.geteuid?.() !== 0)
    throw new RayError('NOT_ON_THIS_HOST', 'the image is built as root', {
      remedy:
        'Build it as root: sudo npm run image. Nothing outside the cache and dist is written.',
    });
  await needPrograms(programs, signal);
}

/** Throws NOT_ON_THIS_HOST for the first program that is missing; each comes with the name of its package. */
export async function needPrograms(
  wanted: readonly (readonly [program: string, debianPackage: string])[],
  signal?: AbortSignal,
): Promise<void> {
  for (const [program, debianPackage] of wanted) {
    if ((await run('sh', ['-c', 'command -v "$0"', program], { signal })).code === 0) continue;
    throw new RayError('NOT_ON_THIS_HOST', `${program} is missing here`, {
      remedy: `Install it: apt-get install ${debianPackage}`,
    });
  }
}
