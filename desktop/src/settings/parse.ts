// Settings as this browser has kept them: only what still has the right shape.

import { defaultSettings, type Settings } from '../../../src/contracts/index.ts';

/** Each value that has the right shape, the default for the others. */
export function parseSettings(stored: unknown): Settings {
  const given = (typeof stored === 'object' && stored !== null ? stored : {}) as Partial<
    Record<keyof Settings, unknown>
  >;
  const one = <T extends string>(value: unknown, of: readonly T[], otherwise: T): T =>
    of.find((choice) => choice === value) ?? otherwise;
  const flag = (value: unknown, otherwise: boolean) =>
    typeof value === 'boolean' ? value : otherwise;
  const scale = Number(given.textScale);
  return {
    scheme: one(given.scheme, ['system', 'dark', 'light'], defaultSettings.scheme),
    textScale: scale >= 0.8 && scale <= 2 ? scale : defaultSettings.textScale,
    motion: one(given.motion, ['system', 'reduced', 'full'], defaultSettings.motion),
    notifications: one(
      given.notifications,
      ['all', 'problems', 'none'],
      defaultSettings.notifications,
    ),
    followWindow: flag(given.followWindow, defaultSettings.followWindow),
    quality: one(given.quality, ['auto', 'lossless', 'saving'], defaultSettings.quality),
    firstStartDone: flag(given.firstStartDone, defaultSettings.firstStartDone),
  };
}
