// One RayOS window: a guest's screen with a title bar, moved and resized by pointer and keyboard.

import { createEffect, createMemo, createSignal, For, type JSX, onCleanup, Show } from 'solid-js';
import type { Surface } from '../../../src/contracts/index.ts';
import { useDesktop } from '../desktop/model.ts';
import { type ConnectionState, noStats, type ViewerStats } from '../viewer/messages.ts';
import { Screen } from '../viewer/screen.tsx';
import { dragging } from './drag.ts';
import { type Edge, exactSize, firstRect, resized, titleBarHeight } from './geometry.ts';
import { TitleBar } from './title-bar.tsx';
import './windows.css';

/** Markers after which a surface has a framer that takes viewers. */
const returns: readonly string[] = ['PRESENTATION:PRESENTED', 'PRESENTATION:FRAMER_BACK'];
const edges: readonly Edge[] = ['n', 's', 'e', 'w', 'nw', 'ne', 'sw', 'se'];

export function GuestWindow(props: { readonly surface: Surface }): JSX.Element {
  const { windows, world, act, markers } = useDesktop();
  const id = props.surface.id;
  const state = () => windows.get(id);
  const rect = createMemo(() => {
    const window = state();
    return window ? windows.rectOf(window) : firstRect(props.surface, windows.area(), 0);
  });
  const guest = () => world.guests.find((g) => g.name === props.surface.guest);
  const [stats, setStats] = createSignal<ViewerStats>(noStats);
  const [connection, setConnection] = createSignal<ConnectionState>('connecting');
  let bar: HTMLElement | undefined;
  let resume = () => {};

  // The viewer would find out by itself, after its wait; the marker knows it now.
  createEffect(() => {
    const newest = markers().at(-1);
    if (newest && returns.includes(newest.name) && newest.arguments.surface === id) resume();
  });

  return (
    <section
      class="window"
      classList={{
        front: windows.front() === id,
        entered: windows.keyboard() === id,
        maximized: state()?.maximized === true,
      }}
      aria-label={props.surface.title}
      data-window={id}
      style={{
        transform: `translate(${rect().x}px, ${rect().y}px)`,
        width: `${rect().width}px`,
        height: `${rect().height}px`,
        'z-index': state()?.order ?? 0,
      }}
      onPointerDown={() => windows.raise(id)}
      onFocusIn={() => windows.raise(id)}
    >
      <TitleBar
        surface={props.surface}
        guest={guest()}
        rect={rect()}
        stats={stats()}
        connection={connection()}
        hide={() => void act('guest.hide', props.surface.guest)}
        ref={(element) => {
          bar = element;
        }}
      />
      <Screen
        surface={props.surface}
        room={{ width: rect().width, height: rect().height - titleBarHeight }}
        focused={(focused) => {
          if (focused) windows.setKeyboard(id);
          else if (windows.keyboard() === id) windows.setKeyboard(undefined);
        }}
        released={() => bar?.focus()}
        stats={(next, state) => {
          setStats(next);
          setConnection(state);
        }}
        ready={(screen) => {
          resume = screen.resume;
          onCleanup(windows.register(id, { enter: screen.enter, leave: () => bar?.focus() }));
        }}
      />
      <Show when={!state()?.maximized}>
        <For each={edges}>
          {(edge) => (
            <div
              class={`edge edge-${edge}`}
              ref={(element) =>
                dragging(element, {
                  begin: () => {
                    const start = rect();
                    return (dx, dy) =>
                      windows.setRect(
                        id,
                        resized(start, edge, dx, dy, windows.area(), exactSize(props.surface)),
                      );
                  },
                })
              }
            />
          )}
        </For>
      </Show>
    </section>
  );
}
