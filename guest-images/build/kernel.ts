// The kernel of an image: `vmlinux` out of the package's bzImage, and the modules that the recipe wants.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RayError } from '../../src/contracts/index.ts';
import { moduleName, modulesInLoadOrder } from '../tree/modules.ts';
import type { Tree } from '../tree/tree.ts';
import { extractVmlinux } from '../tree/vmlinux.ts';
import { runWell } from './run.ts';

export type Kernel = { readonly version: string; readonly vmlinux: Buffer };

/** Where the guest finds its modules; their names sort in load order. */
export const modulesFolder = 'usr/lib/rayos/modules';

/** Reads the kernel among the unpacked packages in `folder` and puts its modules into `tree`. */
export async function addKernel(
  folder: string,
  wanted: readonly string[],
  tree: Tree,
  signal?: AbortSignal,
): Promise<Kernel> {
  const image = readdirSync(join(folder, 'boot')).find((name) => name.startsWith('vmlinuz-'));
  if (image === undefined) throw new RayError('IMAGE_BROKEN', 'the packages hold no kernel');
  const version = image.slice('vmlinuz-'.length);
  const home = join(folder, 'usr/lib/modules', version);
  const builtin = readFileSync(join(home, 'modules.builtin'), 'utf8').split('\n').map(moduleName);
  const files = new Map(
    readdirSync(join(home, 'kernel'), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.ko(\.xz)?$/.test(name))
      .map((name) => [moduleName(name), join(home, 'kernel', name)]),
  );
  const read = async (name: string) => {
    const file = files.get(name);
    if (file === undefined) return undefined;
    if (!file.endsWith('.xz')) return readFileSync(file);
    // The image's own busybox is a static program: xz need not be installed on this machine.
    return runWell(join(folder, 'usr/bin/busybox'), ['unxz', '-c', file], { signal });
  };
  const modules = await modulesInLoadOrder(wanted, new Set(builtin), read);
  for (const [i, { name, content }] of modules.entries())
    tree.file(
      `${modulesFolder}/${String(i).padStart(2, '0')}-${name}.ko`,
      Buffer.from(content.buffer, content.byteOffset, content.byteLength),
    );
  return { version, vmlinux: extractVmlinux(readFileSync(join(folder, 'boot', image))) };
}
