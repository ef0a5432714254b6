// Folders of this machine that guests see, and files that are dropped onto them.

import type { Readable } from 'node:stream';
import type { Handlers } from '../../dispatch/index.ts';
import { findersOf, type HandlerParts } from './parts.ts';

type Names = 'folder.share' | 'folder.unshare' | 'folder.drop';

export function folderHandlers(parts: HandlerParts): Pick<Handlers, Names> {
  const { guests, surroundings } = parts;
  const { idOf } = findersOf(parts);
  const admitted = (guest: string, path: string, name?: string, writable?: boolean) => {
    const id = idOf(guest);
    const folder = surroundings.admitFolder(id, {
      path,
      ...(name === undefined ? {} : { name }),
      ...(writable === undefined ? {} : { writable }),
    });
    return { row: guests.row(id), folder };
  };
  return {
    'folder.share': {
      plan: ({ guest, path, name, writable }) => {
        const { row, folder } = admitted(guest, path, name, writable);
        return {
          summary: `This lets ${row.title} see ${folder.path}.`,
          steps: [
            folder.writable
              ? `${row.title} reads, changes and deletes what its user may there`
              : `${row.title} reads everything there that its user may read, and changes nothing`,
            `it sees it at /media/${folder.name}`,
            row.process === undefined
              ? 'from its next start on'
              : 'from its next start on: it runs now, without it',
          ],
          target: row.name,
          world: `${row.id} ${folder.path} ${row.spec.folders.length}`,
        };
      },
      run: ({ guest, path, name, writable }) => {
        const { row, folder } = admitted(guest, path, name, writable);
        surroundings.share(row.id, folder);
        return folder;
      },
    },
    'folder.unshare': {
      run: async ({ guest, name }) => {
        await surroundings.unshare(idOf(guest), name);
        return { unshared: name };
      },
    },
    'folder.drop': {
      run: ({ guest, file, sizeBytes }) => {
        const id = idOf(guest);
        const { name } = guests.row(id);
        const { token, inGuest } = surroundings.expectDrop(id, file, sizeBytes);
        return { guest: name, inGuest, upload: `/api/guests/${name}/drop/${token}` };
      },
    },
  };
}

/** Takes the bytes of a dropped file. Throws GUEST_UNKNOWN and what the surroundings throw. */
export function takeDrop(
  parts: HandlerParts,
  guest: string,
  token: string,
  body: Readable,
  signal: AbortSignal,
) {
  return parts.surroundings.takeDrop(findersOf(parts).idOf(guest), token, body, signal);
}
