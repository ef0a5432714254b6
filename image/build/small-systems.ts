// The initrd and the recovery system are built by mkosi beside the image. What they have of RayOS: image/shared,
// which is laid over all three, image/initrd and image/recovery, and for recovery the rooms that it runs on.

import { cpSync, mkdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const image = join(import.meta.dirname, '..');

/** What recovery takes of RayOS as it is installed; a test proves that it needs nothing else. */
export const recoveryRooms = ['contracts', 'foundation', 'host', 'boot', 'recovery'];
export const recoveryPackages = ['typebox'];

/** Completes mkosi's folder `work`, in which the system itself is staged already. */
export function stageSmallSystems(work: string, version: string): void {
  const system = join(work, 'mkosi.extra');
  const initrd = join(work, 'mkosi.images/initrd/mkosi.extra');
  const recovery = join(work, 'mkosi.images/recovery/mkosi.extra');
  for (const tree of [system, initrd, recovery]) copyTree(join(image, 'shared'), tree);
  copyTree(join(image, 'initrd'), initrd);
  copyTree(join(image, 'recovery'), recovery);
  describeSystem(system, 'RayOS', version);
  describeSystem(initrd, 'RayOS', version);
  describeSystem(recovery, 'RayOS recovery', version);

  const [from, to] = [join(system, 'usr/lib/rayos'), join(recovery, 'usr/lib/rayos')];
  const node = join('node_modules/.bin', readlinkSync(join(from, 'node_modules/.bin/node')));
  const parts = [
    'package.json',
    ...recoveryRooms.map((room) => join('src', room)),
    ...recoveryPackages.map((name) => join('node_modules', name)),
    node,
    'node_modules/.bin/node',
  ];
  for (const part of parts) copyTree(join(from, part), join(to, part));
}

function copyTree(from: string, to: string): void {
  cpSync(from, to, { recursive: true, verbatimSymlinks: true });
}

/** os-release(5); mkosi adds IMAGE_ID and IMAGE_VERSION. The boot menu shows PRETTY_NAME. */
function describeSystem(tree: string, name: string, version: string): void {
  const lines = [
    `NAME="${name}"`,
    'ID=rayos',
    'ID_LIKE=debian',
    `PRETTY_NAME="${name} ${version}"`,
    `VERSION_ID="${version}"`,
  ];
  const file = join(tree, 'usr/lib/os-release');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${lines.join('\n')}\n`);
  const link = join(tree, 'etc/os-release');
  rmSync(link, { force: true });
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync('../usr/lib/os-release', link);
}
