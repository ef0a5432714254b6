// A window's title bar: whose screen it is, how it is, who has the keyboard, and the window's controls.

import { type JSX, Show } from 'solid-js';
import type { Guest, Surface } from '../../../src/contracts/index.ts';
import { useDesktop } from '../desktop/model.ts';
import { faceOf, labelOf } from '../guests/words.ts';
import { Icon } from '../icons/icons.tsx';
import type { ConnectionState, ViewerStats } from '../viewer/messages.ts';
import { releaseChord } from '../viewer/platform.ts';
import { Details } from './details.tsx';
import { dragging } from './drag.ts';
import { exactSize, grown, moved, type Rect } from './geometry.ts';

type Props = {
  readonly surface: Surface;
  readonly guest: Guest | undefined;
  readonly rect: Rect;
  readonly stats: ViewerStats;
  readonly connection: ConnectionState;
  readonly hide: () => void;
  readonly ref: (title: HTMLElement) => void;
};

/** So far the pointer may tremble before a maximized window leaves its place. */
const dragThreshold = 8;
const keyStep = 16;
const hideHint = 'Hide. The guest runs on; the dock shows it again.';

export function TitleBar(props: Props): JSX.Element {
  const { windows } = useDesktop();
  const id = props.surface.id;
  const maximized = () => windows.get(id)?.maximized === true;
  const entered = () => windows.keyboard() === id;
  const toggle = () => windows.toggleMaximized(id);

  /** A maximized window that is dragged comes loose under the pointer, in its former size. */
  const drag = (event: PointerEvent) => {
    if ((event.target as Element).closest('.window-tools')) return undefined;
    let start: Rect | undefined = maximized() ? undefined : props.rect;
    return (dx: number, dy: number) => {
      if (!start) {
        if (Math.hypot(dx, dy) < dragThreshold) return;
        const full = props.rect;
        toggle();
        const share = (event.clientX - full.x) / full.width;
        start = { ...props.rect, x: event.clientX - share * props.rect.width, y: full.y };
      }
      windows.setRect(id, moved(start, dx, dy, windows.area()));
    };
  };
  const keydown = (event: KeyboardEvent) => {
    if (keys(event)) event.preventDefault();
  };
  const keys = (event: KeyboardEvent): boolean => {
    if (event.altKey || event.metaKey) return false;
    const arrow = arrows[event.key];
    if (arrow) {
      const step = event.ctrlKey ? 1 : keyStep;
      const [dx, dy] = [arrow[0] * step, arrow[1] * step];
      const area = windows.area();
      const next = event.shiftKey
        ? grown(props.rect, dx, dy, area, event.ctrlKey ? undefined : exactSize(props.surface))
        : moved(props.rect, dx, dy, area);
      windows.setRect(id, next);
      return true;
    }
    if (event.ctrlKey) return false;
    if (event.key === 'Enter') windows.enter(id);
    else if (event.key === 'm' || event.key === 'M') toggle();
    else if (event.key === 'h' || event.key === 'H') props.hide();
    else return false;
    return true;
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a pointer's shortcut; its buttons do the same.
    <header
      class="title-bar"
      ref={(element) => dragging(element, { begin: drag })}
      onDblClick={(event) => {
        if (!(event.target as Element).closest('.window-tools')) toggle();
      }}
    >
      <button
        class="window-title"
        type="button"
        ref={(element) => props.ref(element)}
        data-window-bar={id}
        aria-label={`${props.surface.title}, window. Enter gives the guest the keyboard.`}
        aria-keyshortcuts="Enter M H ArrowLeft ArrowRight ArrowUp ArrowDown"
        onKeyDown={keydown}
      >
        <span class="dot" data-face={props.guest ? faceOf(props.guest) : 'running'} />
        <span class="window-name">{props.surface.title}</span>
        <Show when={props.guest && props.guest.state === 'running' && !props.guest.ready}>
          <span class="window-state">{props.guest ? labelOf(props.guest) : ''}</span>
        </Show>
      </button>
      <p class="window-hint" aria-hidden="true">
        <Show when={entered()}>
          <kbd>{releaseChord}</kbd> frees the keyboard
        </Show>
      </p>
      <div class="window-tools">
        <Details
          surface={props.surface}
          rect={props.rect}
          stats={props.stats}
          connection={props.connection}
        />
        <button
          class="icon-button"
          type="button"
          aria-label={maximized() ? 'Restore' : 'Maximize'}
          title={maximized() ? 'Restore' : 'Maximize'}
          onClick={toggle}
        >
          <Icon name={maximized() ? 'restore' : 'maximize'} />
        </button>
        <button
          class="icon-button"
          type="button"
          aria-label={hideHint}
          title={hideHint}
          onClick={() => props.hide()}
        >
          <Icon name="close" />
        </button>
      </div>
    </header>
  );
}

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
