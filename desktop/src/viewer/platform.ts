// The one thing about this machine that keyboards depend on.

import { releaseChordLabel } from './release-chord.ts';

export const isMac = /mac|iphone|ipad/i.test(navigator.platform);

/** Where AltGr comes with a left Control that nobody pressed. */
export const isWindows = /win/i.test(navigator.platform);

/** How the release chord is written on this keyboard. */
export const releaseChord = releaseChordLabel(isMac);
