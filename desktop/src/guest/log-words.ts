// Sentences for what the log of a guest tells and no notice does.

import type { MarkerRecord } from '../../../src/contracts/index.ts';
import { bytes } from '../guests/words.ts';

type Arguments = MarkerRecord['arguments'];
type Say = (about: Arguments) => string;

const sentences: Partial<Record<MarkerRecord['name'], Say>> = {
  'GUEST:STARTING': ({ accelerator }) =>
    `It is being started, by ${String(accelerator).toUpperCase()}`,
  'GUEST:RUNNING': () => 'Its machine runs',
  'GUEST:REATTACHED': () => 'RayOS found it running again after a restart',
  'GUEST:STOPPING': ({ step }) => `It is being stopped: ${step}`.replaceAll('_', ' '),
  'GUEST:RESUMED': () => 'It was resumed',
  'GUEST:SUSPENDING': () => 'It is being saved to disk',
  'GUEST:CHANGED': ({ what }) =>
    what === 'spec' ? 'Its settings were changed' : `Its ${what} was changed`,
  'GUEST:RENAMED': ({ name }) => `It is called ${name} now`,
  'GUEST:DISK_RESIZED': ({ disk, bytes: size }) =>
    `Its disk ${disk} has ${bytes(Number(size))} now`,
  'GUEST:SNAPSHOT_DELETED': ({ snapshot }) => `Snapshot ${snapshot} was deleted`,
  'GUEST:FOLDER_SHARED': ({ folder }) => `The folder ${folder} is shared with it`,
  'GUEST:FOLDER_UNSHARED': ({ folder }) => `The folder ${folder} is no longer shared with it`,
  'GUEST:FILE_DROPPED': ({ bytes: size }) => `It was given a file of ${bytes(Number(size))}`,
  'GUEST:OPENED': () => 'Something was opened in it',
  'GUEST:DISPLAY_FOLLOWED': ({ head, width, height }) =>
    `Screen ${Number(head) + 1} is ${width}×${height} now`,
  'GUEST:CLIPBOARD': ({ direction, bytes: size }) =>
    `Clipboard ${direction}, ${bytes(Number(size))}`,
  'PRESENTATION:SURFACE_CREATED': () => 'A screen of it is there',
  'PRESENTATION:SURFACE_DESTROYED': () => 'A screen of it is gone',
  'PRESENTATION:SCANOUT': ({ width, height }) => `It shows ${width}×${height} pixels`,
  'PRESENTATION:PRESENTED': () => 'It is on screen',
  'PRESENTATION:HIDDEN': () => 'It is hidden',
  'PRESENTATION:VIEWER_JOINED': () => 'Somebody looks at it',
  'PRESENTATION:VIEWER_STALLED': () => 'Somebody who looked at it does not keep up',
  'PRESENTATION:VIEWER_LEFT': () => 'Somebody looks at it no longer',
  'PRESENTATION:ENCODER': ({ encoder, reason }) =>
    `Its pictures are sent as ${encoder}: ${reason}`.replaceAll('_', ' '),
  'PRESENTATION:KEYBOARD_HELD': () => 'Somebody has its keyboard',
};

/** The sentence; undefined for a marker that has none. */
export function inWords(name: string, about: Arguments): string | undefined {
  return sentences[name as MarkerRecord['name']]?.(about);
}
