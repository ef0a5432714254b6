// Shared folders inside the guest: its agent mounts them at /media/<name>, and takes them away before the
// guest is suspended, since QEMU saves no machine that has one mounted.

import { readdirSync } from 'node:fs';
import type { SharedFolder } from '../contracts/index.ts';
import type { Agent } from './agent.ts';
import { type DropPlaces, dropName } from './drops.ts';
import { tagOf } from './folders.ts';

/** Where a guest sees a folder. */
export const mountPoint = (name: string): string => `/media/${name}`;

/**
 * Mounts what the guest was given, and the folder of dropped files when something is in it; names of those
 * that are not there now. Never throws.
 */
export async function mountFolders(
  agent: Pick<Agent, 'can' | 'mount'>,
  folders: readonly Pick<SharedFolder, 'name' | 'writable'>[],
  places: Pick<DropPlaces, 'dropDir'>,
): Promise<string[]> {
  if (!agent.can('folder')) return [];
  const failed: string[] = [];
  const drop = hasDropped(places) ? [{ name: dropName, writable: false }] : [];
  for (const { name, writable } of [...folders, ...drop]) {
    const isThere = await agent
      .mount({ tag: tagOf(name), name, by: '9p', writable })
      .catch(() => false);
    if (!isThere) failed.push(name);
  }
  return failed;
}

/** Takes folders, that for dropped files too, out of the guest's tree; one that stays is QEMU's to refuse. Never throws. */
export async function unmountFolders(
  agent: Pick<Agent, 'can' | 'unmount'>,
  folders: readonly Pick<SharedFolder, 'name'>[],
): Promise<void> {
  if (!agent.can('folder')) return;
  for (const { name } of [...folders, { name: dropName }])
    await agent.unmount(name).catch(() => false);
}

function hasDropped({ dropDir }: Pick<DropPlaces, 'dropDir'>): boolean {
  try {
    return readdirSync(dropDir).length > 0;
  } catch {
    return false; // it is made when the guest starts
  }
}
