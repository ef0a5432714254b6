// Which markers people want to hear of, and in which words.

import type { Guest, MarkerRecord } from '../../../src/contracts/index.ts';
import { spell } from '../guests/words.ts';

export type Tone = 'good' | 'info' | 'warning' | 'error';

export type Notice = {
  /** A newer notice with the same key takes the older one's place. */
  readonly key: string;
  readonly tone: Tone;
  readonly title: string;
  readonly text?: string;
};

type Known = Pick<Guest, 'name' | 'title' | 'reason'>;
type Surfaces = readonly { readonly id: string; readonly title: string }[];

/** The notice for a marker; undefined for those that only the log needs. */
export function noticeFor(
  marker: Pick<MarkerRecord, 'name' | 'arguments'>,
  guests: readonly Known[],
  surfaces: Surfaces,
): Notice | undefined {
  const arg = (name: string) => String(marker.arguments[name] ?? '');
  const guest = guests.find((g) => g.name === arg('guest'));
  const title = guest?.title ?? arg('guest');
  const key = `guest:${arg('guest')}`;
  const surface = surfaces.find((s) => s.id === arg('surface'))?.title ?? arg('surface');
  const picture = `picture:${arg('surface')}`;
  switch (marker.name) {
    case 'GUEST:READY':
      return {
        key,
        tone: 'good',
        title: `${title} is ready`,
        text: `It took ${spell(Number(arg('milliseconds')))}.`,
      };
    case 'GUEST:FAILED':
      return {
        key,
        tone: 'error',
        title: `${title} failed`,
        text: guest?.reason ?? `Reason: ${words(arg('code')).toLowerCase()}.`,
      };
    case 'GUEST:STOPPED':
      return { key, tone: 'info', title: `${title} has stopped` };
    case 'GUEST:KILLED':
      return {
        key,
        tone: 'warning',
        title: `${title} was ended`,
        text: 'What it had not saved is lost.',
      };
    case 'GUEST:CREATED':
      return { key, tone: 'good', title: `${title} was created` };
    case 'GUEST:CLONED':
      return {
        key,
        tone: 'good',
        title: `${title} was copied`,
        text: `The copy is ${arg('name')}.`,
      };
    case 'GUEST:PAUSED':
      return { key, tone: 'info', title: `${title} is paused`, text: sentenceOf(arg('reason')) };
    case 'GUEST:SUSPENDED':
      return { key, tone: 'info', title: `${title} is saved to disk` };
    case 'GUEST:WOKEN':
      return {
        key,
        tone: 'good',
        title: `${title} goes on where it was`,
        text: `It took ${spell(Number(arg('milliseconds')))}.`,
      };
    case 'GUEST:COLD_BOOTED':
      return {
        key,
        tone: 'warning',
        title: `${title} was started afresh`,
        text: `Its saved state could not be used: ${words(arg('reason'))}`,
      };
    case 'GUEST:HUNG':
      return {
        key,
        tone: 'warning',
        title: `${title} does not answer`,
        text: sentenceOf(arg('what')),
      };
    case 'GUEST:PANICKED':
      return { key, tone: 'error', title: `The system in ${title} has crashed` };
    case 'GUEST:DISK_FULL':
      return {
        key,
        tone: 'error',
        title: `${title} waits: the disk of this machine is full`,
        text: 'Free some space, then resume it.',
      };
    case 'GUEST:SNAPSHOT_TAKEN':
      return { key, tone: 'good', title: `Snapshot ${arg('snapshot')} of ${title} is kept` };
    case 'GUEST:SNAPSHOT_REVERTED':
      return { key, tone: 'good', title: `${title} is back at ${arg('snapshot')}` };
    case 'GUEST:MENDED':
      return { key, tone: 'info', title: `${title} was mended`, text: words(arg('what')) };
    case 'GUEST:DELETED':
      return { key, tone: 'info', title: `${title} was deleted` };
    case 'PRESENTATION:FRAMER_LOST':
      return {
        key: picture,
        tone: 'warning',
        title: `The picture of ${surface} was lost`,
        text: 'It is being brought back. The guest runs on.',
      };
    case 'PRESENTATION:FRAMER_BACK':
      return {
        key: picture,
        tone: 'good',
        title: `The picture of ${surface} is back`,
        text: `After ${spell(Number(arg('milliseconds')))}. The guest ran on.`,
      };
    case 'PRESENTATION:SCANOUT_REFUSED':
      return {
        key: picture,
        tone: 'error',
        title: `RayOS does not show the screen of ${surface}`,
        text: words(arg('reason')),
      };
    case 'INPUT:REFUSED':
      return {
        key,
        tone: 'warning',
        title: `Input to ${title} was refused`,
        text: words(arg('reason')),
      };
    case 'POLICY:SAFE_MODE':
      return {
        key: 'policy',
        tone: 'error',
        title: 'RayOS is in safe mode',
        text: `The policy file could not be used: ${words(arg('reason'))}`,
      };
    case 'BOOT_MARKER:STOPPING':
      return {
        key: 'rayos',
        tone: 'warning',
        title: 'RayOS is stopping',
        text: words(arg('reason')),
      };
    default:
      return undefined;
  }
}

function sentenceOf(argument: string): string {
  const text = words(argument);
  return text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** A marker's argument with the underscores that stand for spaces turned back. */
function words(argument: string): string {
  return argument.replaceAll('_', ' ').trim();
}
