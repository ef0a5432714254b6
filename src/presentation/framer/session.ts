// One framer at work: display in, viewers out, input back; and rayosd's requests.

import type { Socket } from 'node:net';
import { asRayError, RayError } from '../../contracts/errors.ts';
import type { DisplayConnection, DisplayListener } from '../../hypervisor/display/index.ts';
import { gesturesOf, type InputEvent, InputQueue, type InputRequest } from '../../input/index.ts';
import { Newest } from '../newest.ts';
import { Audience } from './audience.ts';
import { encodeCursor } from './encode.ts';
import { encodePng } from './png.ts';
import {
  type FromFramer,
  fitting,
  maxPngBytes,
  pngPartBytes,
  type ToFramer,
  words,
} from './protocol.ts';
import { Screen } from './screen.ts';
import { Tally } from './tally.ts';
import { admit } from './viewer-socket.ts';

/** Gestures that one command may bring: more than the longest text that a command may type. */
const maxRequestGestures = 10_240;
const tellEveryMs = 1000;
/** A guest may change its mode as often as it likes. */
const tellScreenEveryMs = 200;
const tickEveryMs = 500;
const goingAway = 1001;
const normal = 1000;

export type SessionParts = {
  readonly surface: string;
  readonly connection: Pick<DisplayConnection, 'keyboard' | 'mouse'>;
  readonly listener: DisplayListener;
  /** `told` runs when the message has left this process. */
  readonly tell: (message: FromFramer, told?: () => void) => void;
};

export class Session implements AsyncDisposable {
  readonly #parts: SessionParts;
  readonly #queue: InputQueue;
  readonly #audience: Audience;
  readonly #screen: Screen;
  readonly #frames: Tally;
  readonly #refusals: Tally;
  readonly #released: Tally;
  readonly #screenNews: Newest<FromFramer>;
  readonly #taken: Readonly<Record<InputEvent['kind'], Tally>>;
  readonly #cancels = new Map<number, AbortController>();
  readonly #timer: NodeJS.Timeout;
  readonly #hidden = Promise.withResolvers<void>();
  #lastRefusal = '';
  #picture: Promise<void> = Promise.resolve();
  #hasFrame = false;
  #isPointerVisible = true;
  #isAbsolute = true;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    const { tell } = parts;
    const sent = (kind: InputEvent['kind']) =>
      new Tally(tellEveryMs, (count) => tell({ type: 'input-sent', kind, count }));
    this.#taken = { key: sent('key'), button: sent('button'), pointer: sent('pointer') };
    this.#refusals = new Tally(tellEveryMs, () =>
      tell({ type: 'input-refused', reason: this.#lastRefusal }),
    );
    this.#released = new Tally(tellEveryMs, (keys) => tell({ type: 'input-released', keys }));
    this.#screenNews = new Newest(tellScreenEveryMs, tell);
    this.#frames = new Tally(tellEveryMs, () => {
      // What the frame is of comes first.
      this.#screenNews.flush();
      tell({ type: 'frame', framesRead: this.#screen.framesRead });
    });
    this.#queue = new InputQueue({
      sink: parts.connection,
      screen: () => this.#screen.surface,
      onReleased: (keys) => this.#released.add(keys),
      onTaken: (kind) => this.#taken[kind].add(),
      onRefused: (reason) => this.#refused(reason),
    });
    this.#audience = new Audience({
      surface: parts.surface,
      screen: () => this.#screen,
      onFrame: () => this.#frames.add(),
    });
    this.#timer = setInterval(() => this.#tick(), tickEveryMs);
    this.#timer.unref();
    this.#screen = this.#openScreen();
    void this.#askPointer();
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
      case 'input':
        void this.#answer(message.id, () => this.#input(message.id, message.request));
        break;
      case 'cancel':
        this.#cancels.get(message.id)?.abort(new RayError('CANCELLED', 'the input was cancelled'));
        break;
      case 'screenshot':
        // One after the other: each has several copies of the picture.
        this.#picture = this.#picture.then(() =>
          this.#answer(message.id, () => this.#screenshot(message.id)),
        );
        break;
      case 'ping':
        this.#parts.tell({ type: 'pong', id: message.id });
        break;
      case 'hide':
        this.#audience.tell({ type: 'hidden' });
        this.#audience.close(normal, 'hidden');
        void this[Symbol.asyncDispose]().then(() => this.#hidden.resolve());
        break;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#audience.close(goingAway, 'the picture of this guest ends');
    await this.#queue[Symbol.asyncDispose]();
    for (const tally of [...Object.values(this.#taken), this.#released]) tally.flush();
  }

  #openScreen(): Screen {
    const { listener } = this.#parts;
    listener.onCursor((cursor) => this.#audience.showCursor(encodeCursor(cursor)));
    listener.onPointer((pointer) => {
      if (pointer.visible === this.#isPointerVisible) return;
      this.#isPointerVisible = pointer.visible;
      this.#tellPointer();
    });
    return new Screen(listener, {
      onScanout: ({ width, height, path }) =>
        this.#screenNews.set({ type: 'scanout', width, height, path }),
      onIdle: ({ reason, detail }) => {
        this.#screenNews.set({ type: 'idle', reason, detail: words(detail) });
        this.#audience.tell({ type: 'idle', reason, detail });
      },
      onDamage: () => {
        // The first picture is read though nobody looks: that it can be is what "presented" means.
        if (!this.#hasFrame) queueMicrotask(() => this.#readFirst());
        this.#audience.wake();
      },
    });
  }

  #readFirst(): void {
    if (this.#hasFrame || !this.#screen.refresh()) return;
    this.#hasFrame = true;
    this.#frames.add();
  }

  #admit(message: Extract<ToFramer, { type: 'viewer' }>, socket: Socket): void {
    const { tell } = this.#parts;
    admit(message, socket, {
      audience: this.#audience,
      openInput: () => this.#queue.open(),
      onJoined: () => tell({ type: 'viewer-joined', viewer: message.viewer }),
      onStalled: () => tell({ type: 'viewer-stalled', viewer: message.viewer }),
      onLeft: () => tell({ type: 'viewer-left', viewer: message.viewer }),
      onRefused: (reason) => this.#refused(reason),
    });
  }

  async #input(id: number, request: InputRequest): Promise<void> {
    using cancel = this.#cancelOf(id);
    const source = this.#queue.open(maxRequestGestures);
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

  async #screenshot(id: number): Promise<void> {
    this.#screen.refresh();
    const { surface, idle } = this.#screen;
    if (surface === undefined || idle !== undefined || surface.version === 0)
      throw new RayError('NO_FRAME', `the guest shows nothing: ${idle?.detail ?? 'no frame yet'}`);
    const { width, height } = surface;
    const png = await encodePng(surface.pixels, width, height);
    const { length: sizeBytes } = png;
    if (sizeBytes > maxPngBytes)
      throw new RayError(
        'INTERNAL',
        `the picture (${width}x${height}) is ${sizeBytes >> 20} MiB as PNG; a screenshot may have ${maxPngBytes >> 20} MiB`,
      );
    for (let at = 0; at < sizeBytes; at += pngPartBytes)
      await this.#tellAll({
        type: 'screenshot-part',
        id,
        png: png.toString('base64', at, at + pngPartBytes),
      });
    this.#parts.tell({ type: 'screenshot-done', id, width, height, sizeBytes });
  }

  /** Resolves when the message has left this process, so that a large answer is never in it as a whole. */
  #tellAll(message: FromFramer): Promise<void> {
    return new Promise((resolve) => this.#parts.tell(message, resolve));
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
    this.#audience.tick(performance.timeOrigin + performance.now());
    if (!this.#isAbsolute) void this.#askPointer();
  }

  /** A guest's tablet counts only once its driver is up: asked until it is. */
  async #askPointer(): Promise<void> {
    try {
      const isAbsolute = await this.#parts.connection.mouse.isAbsolute();
      if (isAbsolute === this.#isAbsolute) return;
      this.#isAbsolute = isAbsolute;
      this.#tellPointer();
    } catch {
      // QEMU is gone or busy: the listener tells which.
    }
  }

  #tellPointer(): void {
    this.#audience.tell({
      type: 'pointer',
      visible: this.#isPointerVisible,
      absolute: this.#isAbsolute,
    });
  }
}
