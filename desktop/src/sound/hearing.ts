// Whether a window's guest is heard: when it has a sound card, the person wants it, and the browser allows it.

import { createEffect, createSignal, onCleanup } from 'solid-js';
import type { Viewer } from '../viewer/viewer.ts';
import { Player } from './player.ts';
import type { Volume } from './volume.ts';

/** `none`: no sound card. `waiting`: the browser wants the person to click or type first. */
export type SoundState = 'none' | 'waiting' | 'muted' | 'silent' | 'playing';

export function createHearing(viewer: Viewer, volume: () => Volume | undefined) {
  const [rate, setRate] = createSignal<number>();
  const [mayPlay, setMayPlay] = createSignal(navigator.userActivation?.hasBeenActive === true);
  const gesture = new AbortController();
  let player: Player | undefined;
  const gestured = () => {
    setMayPlay(true);
    // Not every key counts as a gesture for the browser, and a system may have silenced the page meanwhile.
    player?.wake();
  };
  for (const type of ['pointerdown', 'keydown'])
    window.addEventListener(type, gestured, { capture: true, signal: gesture.signal });

  const isWanted = () => rate() !== undefined && volume()?.muted === false && mayPlay();
  createEffect(() => {
    if (!isWanted()) {
      if (player) viewer.hear(undefined);
      player?.[Symbol.dispose]();
      player = undefined;
      return;
    }
    if (player) return;
    const opened = new Player();
    player = opened;
    opened.setVolume((volume()?.percent ?? 100) / 100);
    opened.port.then(
      (port) => player === opened && viewer.hear(port),
      (cause: unknown) => console.error(`RayOS sound: ${cause}`),
    );
  });
  createEffect(() => player?.setVolume((volume()?.percent ?? 100) / 100));
  onCleanup(() => {
    gesture.abort();
    player?.[Symbol.dispose]();
  });

  return {
    /** The framer's word about the sound that follows. */
    heard: (next: number) => setRate(next),
    state: (): SoundState => {
      if (rate() === undefined) return 'none';
      if (volume()?.muted !== false) return 'muted';
      if (!mayPlay()) return 'waiting';
      return rate() === 0 ? 'silent' : 'playing';
    },
    samples: () => player?.samples(),
  };
}
