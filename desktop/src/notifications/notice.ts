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

/** A marker's argument with the underscores that stand for spaces turned back. */
function words(argument: string): string {
  return argument.replaceAll('_', ' ').trim();
}
