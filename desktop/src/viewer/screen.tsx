// A guest's screen inside its window: the canvas, what is said over it when there is no picture, and
// the input that it takes.

import {
  createEffect,
  createSignal,
  type JSX,
  Match,
  onCleanup,
  onMount,
  Show,
  Switch,
} from 'solid-js';
import type { Surface } from '../../../src/contracts/index.ts';
import type { Size } from '../windows/geometry.ts';
import { pictureIn, toGuest } from './coordinates.ts';
import { cursorStyle } from './cursor.ts';
import { inspect } from './diagnostics.ts';
import { captureInput } from './input.ts';
import { type ConnectionState, type FromWorker, noStats, type ViewerStats } from './messages.ts';
import { releaseChord } from './platform.ts';
import { Viewer } from './viewer.ts';
import './screen.css';

type Props = {
  readonly surface: Surface;
  /** Size of the window's content in CSS pixels. */
  readonly room: Size;
  /** False while its window is minimized: it is then sent as little as a page that nobody sees. */
  readonly shown: boolean;
  readonly focused: (focused: boolean) => void;
  /** The person gave the chord. */
  readonly released: () => void;
  readonly stats: (stats: ViewerStats, connection: ConnectionState) => void;
  /** Called once with how the screen takes the focus and how its viewer connects again. */
  readonly ready: (screen: { enter: () => void; resume: () => void }) => void;
};

export function Screen(props: Props): JSX.Element {
  const [size, setSize] = createSignal<Size>({
    width: props.surface.width,
    height: props.surface.height,
  });
  const [connection, setConnection] = createSignal<ConnectionState>('connecting');
  const [stats, setStats] = createSignal<ViewerStats>(noStats);
  const [shape, setShape] = createSignal('default');
  const [pointerShown, setPointerShown] = createSignal(true);
  const [idle, setIdle] = createSignal<Extract<FromWorker, { type: 'idle' }>>();
  const picture = () => pictureIn(props.room, size(), window.devicePixelRatio);
  let host!: HTMLDivElement;
  let canvas!: HTMLCanvasElement;

  const heard = (message: FromWorker) => {
    switch (message.type) {
      case 'size':
        setSize({ width: message.width, height: message.height });
        setIdle(undefined);
        break;
      case 'connection':
        setConnection(message.state);
        props.stats(stats(), message.state);
        break;
      case 'stats':
        if (message.stats.framesDrawn > stats().framesDrawn) setIdle(undefined);
        setStats(message.stats);
        props.stats(message.stats, connection());
        break;
      case 'cursor':
        setShape(cursorStyle(message.shape));
        break;
      case 'pointer':
        setPointerShown(message.visible);
        break;
      case 'idle':
        setIdle(message);
        break;
      case 'fault':
        console.error(`RayOS viewer of ${props.surface.id}: ${message.message}`);
        break;
    }
  };

  onMount(() => {
    const ending = new AbortController();
    const viewer = new Viewer(props.surface.id, canvas, heard);
    const away = inspect(props.surface.id, {
      viewer,
      width: () => size().width,
      height: () => size().height,
      stats,
      connected: () => connection() === 'open',
    });
    captureInput(
      host,
      {
        send: (message) => viewer.send(message),
        locate: (clientX, clientY) => {
          const box = host.getBoundingClientRect();
          return toGuest({ x: clientX - box.left, y: clientY - box.top }, picture(), size());
        },
        released: props.released,
      },
      ending.signal,
    );
    const look = () => viewer.visible(props.shown && !document.hidden);
    document.addEventListener('visibilitychange', look, { signal: ending.signal });
    createEffect(look);
    props.ready({
      enter: () => host.focus({ preventScroll: true }),
      resume: () => viewer.resume(),
    });
    onCleanup(() => {
      ending.abort();
      away();
      viewer[Symbol.dispose]();
    });
  });

  const drawn = () => stats().framesDrawn > 0;
  return (
    <div class="screen-frame">
      {/* Keys go to the guest: `application` tells screen readers to leave them alone. */}
      <div
        class="screen"
        ref={host}
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the guest's screen takes keyboard and pointer.
        tabIndex={0}
        aria-label={`Screen of ${props.surface.title}`}
        aria-description={`All keys go to the guest. ${releaseChord} gives the keyboard back.`}
        data-surface={props.surface.id}
        style={{ cursor: pointerShown() ? shape() : 'none' }}
        onFocus={() => props.focused(true)}
        onBlur={() => props.focused(false)}
      >
        <canvas
          ref={canvas}
          classList={{ sharp: picture().sharp, drawn: drawn() }}
          style={{
            left: `${picture().x}px`,
            top: `${picture().y}px`,
            width: `${picture().width}px`,
            height: `${picture().height}px`,
          }}
        />
      </div>
      <div class="screen-note" role="status">
        <Switch>
          <Match when={connection() === 'hidden'}>
            <p>This screen was hidden. The guest runs on.</p>
          </Match>
          <Match when={idle()?.reason === 'refused'}>
            <p>RayOS does not show what this guest sends: {idle()?.detail}</p>
          </Match>
          <Match when={idle()}>
            <p>The guest shows nothing at this moment.</p>
          </Match>
          <Match when={!drawn()}>
            <p class="screen-waiting">Waiting for the first picture</p>
          </Match>
        </Switch>
        <Show when={drawn() && (connection() === 'waiting' || connection() === 'connecting')}>
          <p class="screen-lost">Picture held, connecting again…</p>
        </Show>
      </div>
    </div>
  );
}
