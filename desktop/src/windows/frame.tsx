// What every window has: its place, its title bar, its edges. What is in it is its owner's.

import { createEffect, createMemo, For, type JSX, Show } from 'solid-js';
import { useDesktop } from '../desktop/model.ts';
import type { MenuItem } from '../menu/menu.tsx';
import { dragging } from './drag.ts';
import { type Edge, exactSize, firstRect, type Rect, resized, type Size } from './geometry.ts';
import { TitleBar } from './title-bar.tsx';
import './windows.css';

const edges: readonly Edge[] = ['n', 's', 'e', 'w', 'nw', 'ne', 'sw', 'se'];

type Props = {
  readonly id: string;
  readonly title: string;
  readonly class?: string;
  /** Before and after the name in the title bar. */
  readonly lead?: JSX.Element;
  readonly note?: JSX.Element;
  readonly tools?: JSX.Element;
  readonly menu: () => readonly MenuItem[];
  /** Sound off, and on again. */
  readonly mute?: () => void;
  /** Content size that a resize snaps to. */
  readonly exact?: Size | undefined;
  readonly enterHint: string;
  readonly closeLabel: string;
  readonly close: () => void;
  readonly bar: (title: HTMLElement) => void;
  readonly children: (rect: () => Rect) => JSX.Element;
};

export function WindowFrame(props: Props): JSX.Element {
  const { windows } = useDesktop();
  const id = props.id;
  const state = () => windows.get(id);
  const rect = createMemo(() => {
    const window = state();
    return window
      ? windows.rectOf(window)
      : firstRect(props.exact ?? { width: 800, height: 600 }, windows.area(), 0);
  });
  const shape = () => {
    if (windows.full() === id) return 'full';
    if (state()?.minimized) return 'minimized';
    if (windows.isMaximized(id)) return 'maximized';
    return state()?.cell ? 'snapped' : 'free';
  };
  const place = () => {
    const { x, y, width } = rect();
    if (shape() !== 'minimized') return `translate(${x}px, ${y}px)`;
    const { width: across, height: down } = windows.viewport();
    return `translate(${(across - width) / 2}px, ${down}px) scale(0.2)`;
  };
  let frame: HTMLElement | undefined;
  // What is put away lets go of the focus: it goes to the next window, else to the dock.
  createEffect(() => {
    if (shape() !== 'minimized' || !frame?.contains(document.activeElement)) return;
    const next = windows.front();
    if (next) windows.leave(next);
    else document.querySelector<HTMLElement>('[data-dock] button')?.focus();
  });
  return (
    <section
      ref={frame}
      class={`window ${props.class ?? ''}`}
      classList={{ front: windows.front() === id, entered: windows.keyboard() === id }}
      aria-label={props.title}
      aria-hidden={shape() === 'minimized'}
      inert={shape() === 'minimized'}
      data-window={id}
      data-shape={shape()}
      style={{
        transform: place(),
        width: `${rect().width}px`,
        height: `${rect().height}px`,
        'z-index': shape() === 'full' ? 2_000_000_000 : (state()?.order ?? 0),
      }}
      onPointerDown={() => windows.raise(id)}
      onFocusIn={() => windows.raise(id)}
    >
      <TitleBar
        id={id}
        title={props.title}
        lead={props.lead}
        note={props.note}
        tools={props.tools}
        menu={props.menu}
        {...(props.mute ? { mute: props.mute } : {})}
        exact={props.exact}
        enterHint={props.enterHint}
        closeLabel={props.closeLabel}
        close={props.close}
        ref={props.bar}
      />
      {props.children(rect)}
      <Show when={shape() === 'free' || shape() === 'snapped'}>
        <For each={edges}>
          {(edge) => (
            <div
              class={`edge edge-${edge}`}
              data-edge={edge}
              ref={(element) =>
                dragging(element, {
                  begin: () => {
                    const start = rect();
                    const before = { rect: state()?.rect, cell: state()?.cell };
                    return {
                      to: (dx, dy) => {
                        const area = windows.area();
                        const exact = props.exact && exactSize(props.exact, area.bar);
                        windows.setRect(id, resized(start, edge, dx, dy, area, exact));
                      },
                      end: (cancelled) => cancelled && windows.restore(id, before),
                    };
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
