// What a window is doing right now, for those who want to know: a small panel under its button.

import { createSignal, createUniqueId, type JSX, onCleanup, Show } from 'solid-js';
import type { Surface } from '../../../src/contracts/index.ts';
import { Rows } from '../desktop/rows.tsx';
import { Icon } from '../icons/icons.tsx';
import { pictureIn } from '../viewer/coordinates.ts';
import type { ConnectionState, ViewerStats } from '../viewer/messages.ts';
import type { Size } from './geometry.ts';

type Props = {
  readonly surface: Surface;
  /** The window's content in CSS pixels. */
  readonly room: () => Size;
  readonly stats: ViewerStats;
  readonly connection: ConnectionState;
};

const connections: Readonly<Record<ConnectionState, string>> = {
  open: 'connected',
  connecting: 'connecting',
  waiting: 'connecting again',
  hidden: 'hidden',
};
const paths = { map: 'shared memory', message: 'messages', none: 'no picture yet' } as const;

export function Details(props: Props): JSX.Element {
  const [open, setOpen] = createSignal(false);
  const id = createUniqueId();
  let place: HTMLDivElement | undefined;
  const outside = (event: PointerEvent) => {
    if (!place?.contains(event.target as Node)) setOpen(false);
  };
  document.addEventListener('pointerdown', outside, true);
  onCleanup(() => document.removeEventListener('pointerdown', outside, true));

  const rows = (): readonly (readonly [string, string])[] => {
    const { width, height, path, viewers } = props.surface;
    const { scale } = pictureIn(props.room(), props.surface, window.devicePixelRatio);
    const { framesPerSecond, latencyMs, paintMs, framesDrawn, reconnects } = props.stats;
    return [
      ['Screen', `${width} × ${height}`],
      ['Shown at', scale === 1 ? '1 : 1' : `${Math.round(scale * 100)} %`],
      ['Frames', `${framesPerSecond} a second, ${framesDrawn} so far`],
      ['Last frame', `${latencyMs.toFixed(1)} ms old, painted in ${paintMs.toFixed(1)} ms`],
      ['Pixels by', paths[path]],
      ['Viewers', String(viewers)],
      [
        'Connection',
        `${connections[props.connection]}${reconnects > 0 ? `, ${reconnects} tries again` : ''}`,
      ],
    ];
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes from wherever the focus is inside.
    <div
      class="details"
      ref={place}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open()) return;
        event.stopPropagation();
        setOpen(false);
      }}
    >
      <button
        class="icon-button"
        type="button"
        aria-label="Details of this window"
        title="Details"
        aria-expanded={open()}
        aria-controls={id}
        onClick={() => setOpen(!open())}
      >
        <Icon name="info" />
      </button>
      <div id={id} class="details-panel" hidden={!open()}>
        <Show when={open()}>
          <Rows rows={rows()} />
        </Show>
      </div>
    </div>
  );
}
