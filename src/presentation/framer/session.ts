// One framer at work: the guest's screens in, viewers out, input back; and rayosd's requests.

import type { Socket } from 'node:net';
import { asRayError, RayError } from '../../contracts/errors.ts';
import type { ViewerMessage } from '../../contracts/viewer-protocol.ts';
import { Newest } from '../../foundation/newest.ts';
import type { DisplayConnection, DisplayListener } from '../../hypervisor/display/index.ts';
import {
  type Gesture,
  gesturesOf,
  type InputEvent,
  InputQueue,
  type InputRequest,
  type InputSource,
} from '../../input/index.ts';
import { Follower } from './follower.ts';
import { Head } from './head.ts';
import { offsetOf, placeAmong } from './layout.ts';
import { Locks } from './locks.ts';
import { pictureOf } from './picture.ts';
import { type FromFramer, fitting, type ToFramer, words } from './protocol.ts';
import { Seat } from './seat.ts';
import { type SoundParts, SoundStage } from './sound.ts';
import { Tally } from './tally.ts';
import type { Viewer } from './viewer.ts';
import { admit } from './viewer-socket.ts';

/** Gestures that one command may bring: more than the longest text that a command may type. */
const maxRequestGestures = 10_240;
const tellEveryMs = 1000;
const tickEveryMs = 500;
/** The guest has answered a key by then: neither rayosd nor the log is woken on its way. */
const afterAnswerMs = 60;
const goingAway = 1001;
const normal = 1000;
const signedOut = 4003;
const soundless = { type: 'sound', rate: 0, channels: 0 } as const;

export type SessionParts = {
  readonly guest: string;
  /** It has a touch screen. */
  readonly touch?: boolean;
  readonly connection: Pick<
    DisplayConnection,
    'keyboardAt' | 'mouseAt' | 'setUIInfo' | 'onLights'
  > &
    Partial<Pick<DisplayConnection, 'touchAt'>>;
  /** `told` runs when the message has left this process. */
  readonly tell: (message: FromFramer, told?: () => void) => void;
};

export class Session implements AsyncDisposable {
  readonly #parts: SessionParts;
  readonly #queue: InputQueue;
  readonly #seat: Seat;
  readonly #heads: Head[] = [];
  readonly #followers: Follower[] = [];
  readonly #locks: Locks;
  readonly #refusals: Tally;
  readonly #released: Tally;
  readonly #held: Newest<string>;
  readonly #taken: Readonly<Record<'key' | 'button' | 'pointer', Tally>>;
  readonly #parties = new Map<Viewer, string>();
  readonly #cancels = new Map<number, AbortController>();
  readonly #timer: NodeJS.Timeout;
  readonly #hidden = Promise.withResolvers<void>();
  #lastRefusal = '';
  #picture: Promise<void> = Promise.resolve();
  #isAbsolute = true;
  /** Viewers that want to hear, also from before it was known that there is sound. */
  readonly #hearing = new Set<Viewer>();
  #sound: SoundStage | undefined;

  /** Shows a screen at least: `addHead` is to be called before anything is asked of it. */
  constructor(parts: SessionParts) {
    this.#parts = parts;
    const { tell, connection } = parts;
    const sent = (kind: 'key' | 'button' | 'pointer') =>
      new Tally(tellEveryMs, (count) => tell({ type: 'input-sent', kind, count }), afterAnswerMs);
    this.#taken = { key: sent('key'), button: sent('button'), pointer: sent('pointer') };
    this.#refusals = new Tally(tellEveryMs, () =>
      tell({ type: 'input-refused', reason: this.#lastRefusal }),
    );
    this.#released = new Tally(tellEveryMs, (keys) => tell({ type: 'input-released', keys }));
    this.#held = new Newest(tellEveryMs, (viewer) => {
      if ([...this.#parties.keys()].some(({ id }) => id === viewer)) tell({ type: 'held', viewer });
    });
    this.#seat = new Seat({
      onHeld: ({ id }) => this.#held.set(id),
      onRoom: (screen, room) => this.#followers[screen]?.follow(room),
    });
    // Each source names its own screen; what names none is for the first one.
    const first = () => this.#head(0).target;
    this.#queue = new InputQueue({
      get sink() {
        return first().sink;
      },
      screen: () => first().screen(),
      onReleased: (keys) => this.#released.add(keys),
      onTaken: (kind) => this.#taken[tallyOf(kind)].add(),
      onRefused: (reason) => this.#refused(reason),
    });
    this.#locks = new Locks({
      tell: (message) => {
        for (const { audience } of this.#heads) audience.tell(message);
      },
    });
    connection.onLights((lights) => this.#locks.heard(lights));
    this.#timer = setInterval(() => this.#tick(), tickEveryMs);
    this.#timer.unref();
  }

  /** Shows one more of the guest's screens: QEMU's console of this number. */
  addHead(console: number, listener: DisplayListener): void {
    const { guest, connection, tell } = this.#parts;
    const index = this.#heads.length;
    const follower = new Follower({
      setUIInfo: (width, height) => {
        const x = offsetOf(this.#sizes(), index);
        return connection.setUIInfo({ width, height, x }, console);
      },
      tell: (room) => tell({ type: 'room', head: index, ...room }),
    });
    this.#followers.push(follower);
    this.#heads.push(
      new Head({
        index,
        console,
        listener,
        connection,
        surface: `${guest}.${index}`,
        tell,
        place: (x, y) => placeAmong(this.#sizes(), index, x, y),
        onPointerShown: () => this.#tellPointer(),
        onUnused: () => void follower.offer(),
      }),
    );
    if (this.#parts.touch === true) void this.#addTouch(index, console);
    if (index > 0) return;
    void this.#askPointer();
    this.#locks.begin(connection.keyboardAt(console).modifiers());
  }

  /** The guest has a sound card: viewers are told, and may ask to hear it. */
  addSound(open: SoundParts['open']): void {
    this.#sound = new SoundStage({ open });
    for (const viewer of this.#parties.keys()) viewer.tell(soundless);
    for (const viewer of this.#hearing) this.#sound.want(viewer, true);
  }

  /** Resolves when it was hidden: viewers are told, keys are released. */
  get hidden(): Promise<void> {
    return this.#hidden.promise;
  }

  /** Does what rayosd asks; answers by itself. */
  obey(message: ToFramer, socket: Socket | undefined): void {
    switch (message.type) {
      case 'viewer':
        if (socket !== undefined) this.#admit(message, socket);
        // It was closed on its way.
        else this.#parts.tell({ type: 'viewer-left', viewer: message.viewer });
        break;
      case 'end-party':
        for (const [viewer, party] of this.#parties)
          if (party === message.party) viewer.close(signedOut, 'signed out');
        break;
      case 'input':
        void this.#answer(message.id, () => this.#input(message.id, message.head, message.request));
        break;
      case 'cancel':
        this.#cancels.get(message.id)?.abort(new RayError('CANCELLED', 'the input was cancelled'));
        break;
      case 'screenshot':
        // One after the other: each has several copies of the picture.
        this.#picture = this.#picture.then(() =>
          this.#answer(message.id, () =>
            pictureOf(this.#head(message.head).screen, message.id, this.#parts.tell),
          ),
        );
        break;
      case 'ping':
        this.#parts.tell({ type: 'pong', id: message.id });
        break;
      case 'hide':
        for (const { audience } of this.#heads) audience.tell({ type: 'hidden' });
        for (const head of this.#heads) head.close(normal, 'hidden');
        void this[Symbol.asyncDispose]().then(() => this.#hidden.resolve());
        break;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    for (const head of this.#heads) head.close(goingAway, 'the picture of this guest ends');
    for (const follower of this.#followers) follower[Symbol.dispose]();
    this.#locks[Symbol.dispose]();
    await this.#sound?.[Symbol.asyncDispose]();
    await this.#queue[Symbol.asyncDispose]();
    for (const tally of [...Object.values(this.#taken), this.#released]) tally.flush();
  }

  /** Throws NO_FRAME for a screen that the guest does not have. */
  #head(index: number): Head {
    const head = this.#heads[index];
    if (head === undefined) throw new RayError('NO_FRAME', `the guest has no screen ${index}`);
    return head;
  }

  #sizes() {
    return this.#heads.map(({ size }) => size);
  }

  #admit(message: Extract<ToFramer, { type: 'viewer' }>, socket: Socket): void {
    const { tell } = this.#parts;
    const head = this.#heads[message.head];
    if (head === undefined) {
      socket.destroy();
      tell({ type: 'viewer-left', viewer: message.viewer });
      return;
    }
    let joined: Viewer | undefined;
    admit(message, socket, {
      audience: head.audience,
      seat: this.#seat,
      openInput: () => this.#queue.open(undefined, head.target),
      onMessage: (said, mayType, input) => {
        this.#heard(said, mayType, input);
        if (said.type === 'sound' && joined !== undefined) this.#hear(joined, said.on);
      },
      onJoined: (viewer) => {
        joined = viewer;
        this.#parties.set(viewer, message.party);
        tell({ type: 'viewer-joined', viewer: message.viewer });
        viewer.tell(this.#locks.message);
        if (this.#sound !== undefined) viewer.tell(soundless);
      },
      onStalled: () => tell({ type: 'viewer-stalled', viewer: message.viewer }),
      onLeft: () => {
        if (joined !== undefined) {
          this.#parties.delete(joined);
          this.#hear(joined, false);
        }
        tell({ type: 'viewer-left', viewer: message.viewer });
      },
      onRefused: (reason) => this.#refused(reason),
    });
  }

  #hear(viewer: Viewer, isWanted: boolean): void {
    if (isWanted) this.#hearing.add(viewer);
    else this.#hearing.delete(viewer);
    this.#sound?.want(viewer, isWanted);
  }

  #heard(message: ViewerMessage, mayType: () => boolean, input: InputSource): void {
    // In its turn: keys that were typed before are for the locks of before.
    const press = (gestures: readonly Gesture[]) => {
      for (const gesture of gestures) input.push(gesture);
    };
    if (message.type === 'locks' && mayType()) this.#locks.want(message, press);
    if (message.type === 'key' && message.down) this.#locks.typed(message.code);
  }

  async #input(id: number, head: number, request: InputRequest): Promise<void> {
    using cancel = this.#cancelOf(id);
    const source = this.#queue.open(maxRequestGestures, this.#head(head).target);
    try {
      const events = await source.send(gesturesOf(request), cancel.signal);
      for (const tally of Object.values(this.#taken)) tally.flush();
      this.#parts.tell({ type: 'input-done', id, events });
    } finally {
      source.close();
    }
  }

  #cancelOf(id: number): Disposable & { readonly signal: AbortSignal } {
    const controller = new AbortController();
    this.#cancels.set(id, controller);
    return { signal: controller.signal, [Symbol.dispose]: () => void this.#cancels.delete(id) };
  }

  async #answer(id: number, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      this.#parts.tell({ type: 'failed', id, error: fitting(asRayError(thrown).toJSON()) });
    }
  }

  #refused(reason: string): void {
    this.#lastRefusal = words(reason);
    this.#refusals.add();
  }

  #tick(): void {
    for (const { audience } of this.#heads)
      audience.tick(performance.timeOrigin + performance.now());
    if (!this.#isAbsolute) void this.#askPointer();
  }

  /** A guest's tablet counts only once its driver is up: asked until it is. */
  async #askPointer(): Promise<void> {
    try {
      const isAbsolute = await this.#parts.connection.mouseAt(this.#head(0).console).isAbsolute();
      if (isAbsolute === this.#isAbsolute) return;
      this.#isAbsolute = isAbsolute;
      this.#tellPointer();
    } catch {
      // QEMU is gone or busy: the listener tells which.
    }
  }

  /** Fingers reach this screen as fingers, if QEMU passes them. */
  async #addTouch(index: number, console: number): Promise<void> {
    const touch = await this.#parts.connection.touchAt?.(console);
    if (touch === undefined) return;
    this.#heads[index]?.setTouch(touch);
    this.#tellPointer();
  }

  #tellPointer(): void {
    for (const { audience, isPointerVisible: visible, hasTouch: touch } of this.#heads)
      audience.tell({ type: 'pointer', visible, absolute: this.#isAbsolute, touch });
  }
}

function tallyOf(kind: InputEvent['kind']): 'key' | 'button' | 'pointer' {
  return kind === 'key' || kind === 'button' ? kind : 'pointer';
}
