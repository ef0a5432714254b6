// A guest's screen inside its window: the canvas, what is said over it when there is no picture, and
// the input that it takes.

import {
  createEffect,
  createMemo,
  createSignal,
  type JSX,
  Match,
  onCleanup,
  onMount,
  Show,
  Switch,
} from 'solid-js';
import type { CursorShape, FramerMessage, Surface } from '../../../src/contracts/index.ts';
import { createHearing, type SoundState } from '../sound/hearing.ts';
import type { Volume } from '../sound/volume.ts';
import type { Size } from '../windows/geometry.ts';
import { sendChord } from './chords.ts';
import { pictureIn, roomOf, toGuest } from './coordinates.ts';
import { cursorStyle } from './cursor.ts';
import { inspect } from './diagnostics.ts';
import { type Capture, captureInput } from './input.ts';
import {
  type ConnectionState,
  type FromWorker,
  noStats,
  type Quality,
  type ViewerStats,
} from './messages.ts';
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
  /** Whether the guest's resolution follows this window: so, unless false. */
  readonly follow?: boolean;
  /** How its pictures come: as the connection allows, unless said otherwise. */
  readonly quality?: Quality;
  /** Who types, and the guest's lock lights, whenever they change. */
  readonly holder?: (holder: Holder) => void;
  readonly locks?: (locks: Locks) => void;
  /** How loud the guest is to be; a window without it does not sound. */
  readonly volume?: Volume;
  readonly sound?: (state: SoundState) => void;
  /** Called once with what can be done with the screen. */
  readonly ready: (screen: ScreenControls) => void;
};

export type Holder = Omit<Extract<FramerMessage, { type: 'holder' }>, 'type'>;
export type Locks = Omit<Extract<FramerMessage, { type: 'locks' }>, 'type'>;

export type ScreenControls = {
  /** Takes the focus. */
  readonly enter: () => void;
  /** Connects again, now. */
  readonly resume: () => void;
  /** Sends keys that the browser would keep for itself; `chords` has some. */
  readonly chord: (codes: readonly string[]) => void;
  /** Takes the keyboard from whoever has it. */
  readonly hold: () => void;
};

export function Screen(props: Props): JSX.Element {
  const [size, setSize] = createSignal<Size>({
    width: props.surface.width,
    height: props.surface.height,
  });
  const [connection, setConnection] = createSignal<ConnectionState>('connecting');
  const [stats, setStats] = createSignal<ViewerStats>(noStats);
  const [shape, setShape] = createSignal<CursorShape>();
  const [holder, setHolder] = createSignal<Holder>();
  const [ratio, setRatio] = createSignal(window.devicePixelRatio);
  let absolute = true;
  let touch = false;
  let capture: Capture | undefined;
  const [capsLit, setCapsLit] = createSignal(false);
  const [pointerShown, setPointerShown] = createSignal(true);
  const [idle, setIdle] = createSignal<Extract<FromWorker, { type: 'idle' }>>();
  const picture = () => pictureIn(props.room, size(), ratio());
  const cursor = createMemo(() => {
    const image = shape();
    return image === undefined ? 'default' : cursorStyle(image, picture().scale);
  });
  let host!: HTMLDivElement;
  let canvas!: HTMLCanvasElement;
  let hold = () => {};
  let hearing: ReturnType<typeof createHearing> | undefined;

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
        setShape(message.shape);
        break;
      case 'pointer':
        setPointerShown(message.visible);
        absolute = message.absolute;
        touch = message.touch;
        if (absolute && document.pointerLockElement === host) document.exitPointerLock();
        break;
      case 'holder':
        setHolder(message);
        props.holder?.(message);
        break;
      case 'locks':
        capture?.lights(message);
        setCapsLit(message.caps);
        props.locks?.(message);
        break;
      case 'sound':
        hearing?.heard(message.rate);
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
    const viewer = new Viewer(props.surface.id, canvas, heard, props.quality);
    hold = () => viewer.send({ type: 'hold' });
    const ear = createHearing(viewer, () => props.volume);
    hearing = ear;
    createEffect(() => props.sound?.(ear.state()));
    const away = inspect(props.surface.id, {
      viewer,
      width: () => size().width,
      height: () => size().height,
      stats,
      connected: () => connection() === 'open',
      samples: ear.samples,
    });
    capture = captureInput(
      host,
      {
        send: (message) => viewer.send(message),
        locate: (clientX, clientY) => {
          const box = host.getBoundingClientRect();
          return toGuest({ x: clientX - box.left, y: clientY - box.top }, picture(), size());
        },
        released: props.released,
        isAbsolute: () => absolute,
        hasTouch: () => touch,
      },
      ending.signal,
    );
    const look = () => viewer.visible(props.shown && !document.hidden);
    document.addEventListener('visibilitychange', look, { signal: ending.signal });
    createEffect(look);
    props.ready({
      enter: () => host.focus({ preventScroll: true }),
      resume: () => viewer.resume(),
      chord: (codes) => sendChord((message) => viewer.send(message), codes),
      hold,
    });
    // What the guest's resolution may follow: told when it changes, and to each framer anew.
    createEffect(() => {
      if (connection() !== 'open' || props.follow === false) return;
      const room = roomOf(props.room, ratio());
      if (room !== undefined) viewer.send({ type: 'room', ...room });
    });
    window.addEventListener('resize', () => setRatio(window.devicePixelRatio), {
      signal: ending.signal,
    });
    onCleanup(() => {
      ending.abort();
      away();
      viewer[Symbol.dispose]();
    });
  });

  const otherHolder = () => {
    const who = holder();
    return connection() === 'open' && who && !who.you && who.name !== '' ? who.name : undefined;
  };
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
        data-caps={capsLit()}
        style={{ cursor: pointerShown() ? cursor() : 'none' }}
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
        <Show when={otherHolder()}>
          {(name) => (
            <p class="screen-holder">
              {name()} has the keyboard. You look on.{' '}
              <button type="button" onClick={() => hold()}>
                Take over
              </button>
            </p>
          )}
        </Show>
        <Show when={drawn() && (connection() === 'waiting' || connection() === 'connecting')}>
          <p class="screen-lost">Picture held, connecting again…</p>
        </Show>
      </div>
    </div>
  );
}
