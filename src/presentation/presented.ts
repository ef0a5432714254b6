// A presented guest: its surface, and the framer that is kept running for it until it is hidden, its
// guest ends, or framers die again and again.

import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { asRayError, type ErrorDetails, RayError, type Surface } from '../contracts/index.ts';
import { sleep, within } from '../foundation/index.ts';
import type { InputRequest } from '../input/index.ts';
import type { FromFramer, ToFramer } from './framer/protocol.ts';
import type { FramerProcess } from './framer-process.ts';
import type { Framers } from './framers.ts';
import { headersForHandshake } from './handshake-headers.ts';
import { PictureParts } from './picture-parts.ts';
import { Requests } from './requests.ts';
import { RestartPolicy } from './restart-policy.ts';
import { SurfaceState } from './surface-state.ts';
import type { PresentableGuest, PresentationOptions, Screenshot } from './types.ts';
import { Waiters } from './waiters.ts';

export type PresentedEvents = {
  /** Size, viewers or framer are different. */
  readonly onChange: () => void;
  /** It can be shown no more. */
  readonly onGone: (reason: RayError) => void;
};

type ViewerRequest = Extract<ToFramer, { type: 'viewer' }>;
type Answer = Exclude<
  Extract<FromFramer, { readonly id: number }>,
  { readonly type: 'screenshot-part' }
>;

const hideGraceMs = 2000;
const pingEveryMs = 5000;
const hungAfterPings = 3;
/** Before a guest that gives no display channel is asked again. */
/** A guest whose display has closed has ended, if it has, within this time. */
const guestEndMs = 250;
const channelRetryMs = 250;
const maxWaiting = 32;
const screenshotTimeoutMs = 20_000;

export class Presented {
  readonly surface: string;
  readonly guest: PresentableGuest;
  /** Who waits for `firstFrame`. */
  readonly waiters = new Waiters();
  readonly #framers: Framers;
  readonly #onGone: PresentedEvents['onGone'];
  readonly #requests = new Requests<Answer>();
  /** By request. */
  readonly #pictures = new Map<number, PictureParts>();
  readonly #state: SurfaceState;
  readonly #policy: RestartPolicy;
  readonly #over = new AbortController();
  readonly #running: Promise<void>;
  readonly #firstFrame = Promise.withResolvers<void>();
  /** Viewers that came while no framer ran. */
  readonly #waiting: { readonly message: ViewerRequest; readonly socket: Socket }[] = [];
  #framer: FramerProcess | undefined;
  #viewerCount = 0;
  #closedBecause: string | undefined;
  #unanswered = 0;

  constructor(
    surface: string,
    guest: PresentableGuest,
    framers: Framers,
    options: Pick<PresentationOptions, 'mark' | 'restartLimits'>,
    events: PresentedEvents,
  ) {
    this.surface = surface;
    this.guest = guest;
    this.#framers = framers;
    this.#onGone = events.onGone;
    this.#policy = new RestartPolicy(options.restartLimits);
    this.#firstFrame.promise.catch(() => {});
    this.#state = new SurfaceState(surface, guest, {
      mark: options.mark,
      onChange: events.onChange,
      onFirstFrame: () => this.#firstFrame.resolve(),
    });
    this.#running = this.#keepRunning();
  }

  /** Resolves when a frame was read, rejects when it cannot be shown. */
  get firstFrame(): Promise<void> {
    return this.#firstFrame.promise;
  }

  /** Why there is no picture, in words. */
  get idleDetail(): string {
    return this.#state.idleDetail;
  }

  describe(): Surface {
    return this.#state.describe();
  }

  /** Gives a viewer's socket to the framer, or to the next one if it is being restarted. */
  attach(socket: Socket, head: Buffer, headers: IncomingHttpHeaders): void {
    const viewer = `${this.surface}.v${++this.#viewerCount}`;
    socket.pause();
    // What came after the request, though no viewer should speak before it is answered.
    const rest: unknown = socket.read();
    const read = Buffer.isBuffer(rest) ? Buffer.concat([head, rest]) : head;
    const message: ViewerRequest = {
      type: 'viewer',
      viewer,
      head: read.toString('base64'),
      headers: headersForHandshake(headers),
    };
    if (this.#framer !== undefined) this.#framer.sendViewer(message, socket);
    else if (this.#waiting.length < maxWaiting) this.#waiting.push({ message, socket });
    else socket.destroy();
  }

  async input(request: InputRequest, signal?: AbortSignal): Promise<number> {
    const answer = await this.#ask((id) => ({ type: 'input', id, request }), signal);
    if (answer.type !== 'input-done') throw unexpected(answer);
    return answer.events;
  }

  async screenshot(): Promise<Screenshot> {
    const parts = new PictureParts();
    const over = new AbortController();
    let asked = 0;
    const ask = (id: number): ToFramer => {
      asked = id;
      this.#pictures.set(id, parts);
      return { type: 'screenshot', id };
    };
    try {
      const late = () => new RayError('TIMED_OUT', 'the framer did not make a picture in time');
      const answer = await within(this.#ask(ask, over.signal), screenshotTimeoutMs, late);
      if (answer.type !== 'screenshot-done') throw unexpected(answer);
      const { width, height, sizeBytes } = answer;
      return { width, height, png: parts.join(sizeBytes) };
    } finally {
      this.#pictures.delete(asked);
      over.abort(new RayError('CANCELLED', 'nobody waits for the picture'));
    }
  }

  /** Ends it: viewers are told, keys are released, the framer goes. */
  async end(reason: RayError): Promise<void> {
    if (this.#over.signal.aborted) return this.#running;
    const framer = this.#framer;
    this.#over.abort(reason);
    framer?.send({ type: 'hide' });
    if (framer !== undefined)
      await within(framer.ended, hideGraceMs, () => new Error('it does not end')).catch(() =>
        framer.kill(),
      );
    await this.#running;
  }

  async #keepRunning(): Promise<void> {
    const { signal } = this.#over;
    let gaveUp: RayError | undefined;
    while (!signal.aborted && gaveUp === undefined) {
      const channel = await this.#openChannel();
      const lost = typeof channel === 'number' ? await this.#runOne(channel) : channel.message;
      // QEMU closes the display when its guest ends: that is no loss, and is told in a moment.
      if (this.#closedBecause !== undefined) await sleep(guestEndMs, signal).catch(() => {});
      if (signal.aborted) break;
      if (typeof channel === 'number') this.#state.framerEnded(lost);
      this.#requests.failAll(new RayError('FRAMER_LOST', `the guest's framer was lost: ${lost}`));
      const waitMs = this.#policy.lost(performance.now());
      if (waitMs === undefined)
        gaveUp = new RayError('FRAMER_LOST', `the guest's framer dies again and again: ${lost}`);
      else if (waitMs > 0 || typeof channel !== 'number')
        await sleep(Math.max(waitMs, channelRetryMs), signal).catch(() => {});
    }
    if (gaveUp === undefined) this.#state.framerEnded();
    this.#state.end();
    for (const { socket } of this.#waiting.splice(0)) socket.destroy();
    const reason = gaveUp ?? asRayError(signal.reason);
    this.#firstFrame.reject(reason);
    this.#requests.failAll(reason);
    if (gaveUp !== undefined) this.#onGone(gaveUp);
  }

  async #openChannel(): Promise<number | RayError> {
    try {
      return await this.guest.openChannel();
    } catch (thrown) {
      return asRayError(thrown);
    }
  }

  /** Runs one framer to its end; resolves with why it ended. Never rejects. */
  async #runOne(channel: number): Promise<string> {
    this.#closedBecause = undefined;
    try {
      const hear = (message: FromFramer) => this.#hear(message);
      await using framer = this.#framers.show(this.surface, channel, hear);
      if (this.#over.signal.aborted) return 'it is over';
      this.#framer = framer;
      for (const { message, socket } of this.#waiting.splice(0)) framer.sendViewer(message, socket);
      this.#state.framerStarted(framer.pid ?? 0);
      using _watch = this.#watch(framer);
      const ended = await framer.ended;
      return framer.fault === undefined ? (this.#closedBecause ?? ended) : ended;
    } catch (thrown) {
      return asRayError(thrown).message;
    } finally {
      this.#framer = undefined;
    }
  }

  /** Ends a framer that does not answer: QEMU would wait for it. */
  #watch(framer: FramerProcess): Disposable {
    this.#unanswered = 0;
    const timer = setInterval(() => {
      if (++this.#unanswered > hungAfterPings) framer.kill();
      else framer.send({ type: 'ping', id: 0 });
    }, pingEveryMs);
    timer.unref();
    return { [Symbol.dispose]: () => clearInterval(timer) };
  }

  async #ask(message: (id: number) => ToFramer, signal?: AbortSignal): Promise<Answer> {
    const framer = this.#framer;
    if (framer === undefined)
      throw new RayError('FRAMER_LOST', "the guest's framer is not running at this moment");
    return await this.#requests.ask((id) => framer.send(message(id)), {
      ...(signal === undefined ? {} : { signal }),
      cancel: (id) => framer.send({ type: 'cancel', id }),
    });
  }

  #hear(message: FromFramer): void {
    this.#unanswered = 0;
    if (message.type === 'closed') this.#closedBecause = message.reason;
    if (!('id' in message)) this.#state.hear(message);
    else if (message.type === 'screenshot-part') this.#pictures.get(message.id)?.add(message.png);
    else if (message.type === 'failed')
      this.#requests.fail(message.id, RayError.from(message.error).with(namesOf(this.guest)));
    else this.#requests.answer(message.id, message);
  }
}

/** What the next step of an error names. */
export function namesOf({ name, logFile }: PresentableGuest): ErrorDetails {
  return {
    guest: name,
    logFile: logFile ?? `the one of "${name}" in the folder of RayOS's guests`,
  };
}

function unexpected(answer: Answer): RayError {
  return new RayError('INTERNAL', `a framer answered with ${answer.type}`);
}
