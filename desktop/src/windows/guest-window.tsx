// A guest's screen as a RayOS window: one for each of its heads.

import { createEffect, createSignal, type JSX, onCleanup, Show } from 'solid-js';
import type { Surface } from '../../../src/contracts/index.ts';
import { useDesktop } from '../desktop/model.ts';
import { acceptDrops } from '../drop/drop.ts';
import { guestItems } from '../guest/items.ts';
import { faceOf, labelOf } from '../guests/words.ts';
import { settings } from '../settings/settings.ts';
import type { SoundState } from '../sound/hearing.ts';
import { SoundButton } from '../sound/sound-button.tsx';
import { toggleMute, volumeOf } from '../sound/volume.ts';
import { type ConnectionState, noStats, type ViewerStats } from '../viewer/messages.ts';
import { type Holder, Screen, type ScreenControls } from '../viewer/screen.tsx';
import { Details } from './details.tsx';
import { WindowFrame } from './frame.tsx';
import { keyboardItems } from './keyboard-items.ts';
import { arrangeItems } from './window-items.ts';

/** Markers after which a surface has a framer that takes viewers. */
const returns: readonly string[] = ['PRESENTATION:PRESENTED', 'PRESENTATION:FRAMER_BACK'];
const hideHint = 'Hide. The guest runs on; the dock shows it again.';

export function GuestWindow(props: { readonly surface: Surface }): JSX.Element {
  const desktop = useDesktop();
  const { windows, world, act, markers } = desktop;
  const id = props.surface.id;
  const guest = () => world.guests.find((g) => g.name === props.surface.guest);
  const [stats, setStats] = createSignal<ViewerStats>(noStats);
  const [connection, setConnection] = createSignal<ConnectionState>('connecting');
  let bar: HTMLElement | undefined;
  const [holder, setHolder] = createSignal<Holder>();
  const [sound, setSound] = createSignal<SoundState>('none');
  let screen: ScreenControls | undefined;

  // The viewer would find out by itself, after its wait; the marker knows it now.
  createEffect(() => {
    const newest = markers().at(-1);
    if (newest && returns.includes(newest.name) && newest.arguments.surface === id)
      screen?.resume();
  });

  return (
    <WindowFrame
      id={id}
      title={desktop.titleOf(id)}
      exact={desktop.follows(id) ? undefined : props.surface}
      lead={<span class="dot" data-face={guest() ? faceOf(guest() ?? stopped) : 'running'} />}
      note={
        <Show when={guest()}>
          {(known) => (
            <Show when={known().state !== 'running' || !known().ready}>
              <span class="window-state">{labelOf(known())}</span>
            </Show>
          )}
        </Show>
      }
      tools={
        <>
          <SoundButton guest={props.surface.guest} state={sound()} />
          <Details
            surface={props.surface}
            room={() => {
              const window = windows.get(id);
              return window ? windows.roomOf(id, windows.rectOf(window)) : props.surface;
            }}
            stats={stats()}
            connection={connection()}
          />
        </>
      }
      mute={() => {
        if (sound() !== 'none') toggleMute(props.surface.guest);
      }}
      menu={() => [
        ...guestItems(desktop, props.surface.guest, props.surface.head),
        ...keyboardItems(screen, holder()),
        ...arrangeItems(desktop, id),
      ]}
      enterHint="Enter gives the guest the keyboard."
      closeLabel={hideHint}
      close={() => void act('guest.hide', props.surface.guest)}
      bar={(element) => {
        bar = element;
      }}
    >
      {(rect) => (
        <div
          class="window-content"
          ref={(element) => acceptDrops(element, desktop, props.surface.guest)}
        >
          <Screen
            surface={props.surface}
            room={windows.roomOf(id, rect())}
            shown={windows.get(id)?.minimized !== true}
            follow={settings().followWindow}
            quality={settings().quality}
            holder={setHolder}
            // Heard once, however many screens it has.
            {...(props.surface.head === 0 ? { volume: volumeOf(props.surface.guest) } : {})}
            sound={setSound}
            focused={(focused) => {
              if (focused) windows.setKeyboard(id);
              else if (windows.keyboard() === id) windows.setKeyboard(undefined);
            }}
            released={() => bar?.focus()}
            stats={(next, state) => {
              setStats(next);
              setConnection(state);
            }}
            ready={(controls) => {
              screen = controls;
              onCleanup(windows.register(id, { enter: controls.enter, leave: () => bar?.focus() }));
            }}
          />
        </div>
      )}
    </WindowFrame>
  );
}

const stopped = { state: 'stopped', ready: false, presented: false } as const;
