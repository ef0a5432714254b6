// A presented guest: its surfaces, one for each screen that it uses, and the framer that is kept running for it
// until it is hidden, its guest ends, or framers die again and again.

import type { Socket } from 'node:net';
import { asRayError, type ErrorDetails, RayError, type Surface } from '../contracts/index.ts';
import { sleep, within } from '../foundation/index.ts';
import { Newest } from '../foundation/newest.ts';
import type { InputRequest } from '../input/index.ts';
import type { FromFramer, ToFramer } from './framer/protocol.ts';
import type { FramerProcess } from './framer-process.ts';
import type { Framers } from './framers.ts';
import { PictureParts } from './picture-parts.ts';
import { type AttachRequest, PresentedViewers } from './presented-viewers.ts';
import { Requests } from './requests.ts';
import { RestartPolicy } from './restart-policy.ts';
import { type Report, SurfaceState } from './surface-state.ts';
import type { PresentableGuest, PresentationOptions, Room, Screenshot } from './types.ts';
import { Waiters } from './waiters.ts';

export type PresentedEvents = {
  /** Size, viewers or framer are different. */
  readonly onChange: () => void;
  /** It can be shown no more. */
  readonly onGone: (reason: RayError) => void;
};

type Answer = Exclude<
  Extract<FromFramer, { readonly id: number }>,
  { readonly type: 'screenshot-part' }
>;

const hideGraceMs = 2000;
const pingEveryMs = 5000;
const hungAfterPings = 3;
/** A guest whose display has closed has ended, if it has, within this time. */
const guestEndMs = 250;
/** Before a guest that gives no display channel is asked again. */
const channelRetryMs = 250;
/** A framer in a guest's hands may tell as often as it likes; the agent hears it this often. */
const roomEveryMs = 250;
const screenshotTimeoutMs = 20_000;

export class Presented {
  readonly guest: PresentableGuest;
  /** Who waits for `firstFrame`. */
  readonly waiters = new Waiters();
  readonly #framers: Framers;
  readonly #onGone: PresentedEvents['onGone'];
  readonly #requests = new Requests<Answer>();
  /** By request. */
  readonly #pictures = new Map<number, PictureParts>();
  /** By head; the first is there from the beginning. */
  readonly #states: SurfaceState[] = [];
  readonly #viewers: PresentedViewers;
  readonly #options: Pick<PresentationOptions, 'mark' | 'onRoom'>;
  readonly #onChange: () => void;
  readonly #roomNews = new Map<number, Newest<Room>>();
  readonly #policy: RestartPolicy;
  readonly #over = new AbortController();
  readonly #running: Promise<void>;
  readonly #firstFrame = Promise.withResolvers<void>();
  #framer: FramerProcess | undefined;
  #closedBecause: string | undefined;
  #unanswered = 0;
  #pid = 0;

  constructor(
    guest: PresentableGuest,
    framers: Framers,
    options: Pick<PresentationOptions, 'mark' | 'restartLimits' | 'onRoom'>,
    events: PresentedEvents,
  ) {
    this.guest = guest;
    this.#viewers = new PresentedViewers(guest.name);
    this.#framers = framers;
    this.#onGone = events.onGone;
    this.#onChange = events.onChange;
    this.#options = options;
    this.#policy = new RestartPolicy(options.restartLimits);
    this.#firstFrame.promise.catch(() => {});
    this.#addState(0);
    this.#running = this.#keepRunning();
  }

  /** Resolves when a frame was read, rejects when it cannot be shown. */
  get firstFrame(): Promise<void> {
    return this.#firstFrame.promise;
  }

  /** Why there is no picture, in words. */
  get idleDetail(): string {
    return this.#state(0).idleDetail;
  }

  /** The surface of one screen; undefined where the guest does not use it. */
  describe(head = 0): Surface | undefined {
    return this.#states[head]?.describe();
  }

  /** Every surface, in the order of screens. */
  surfaces(): Surface[] {
    return this.#states.flatMap((state) => state.describe());
  }

  /** Gives a viewer's socket to the framer, or to the next one if it is being restarted. */
  attach(socket: Socket, request: AttachRequest): void {
    this.#viewers.attach(socket, request, this.#framer);
  }

  /** Ends the windows of a person who has signed out. */
  endParty(party: string): void {
    this.#framer?.send({ type: 'end-party', party });
    this.#viewers.endParty(party);
  }

  async input(request: InputRequest, head: number, signal?: AbortSignal): Promise<number> {
    const answer = await this.#ask((id) => ({ type: 'input', id, head, request }), signal);
    if (answer.type !== 'input-done') throw unexpected(answer);
    return answer.events;
  }

  async screenshot(head: number): Promise<Screenshot> {
    const parts = new PictureParts();
    const over = new AbortController();
    let asked = 0;
    const ask = (id: number): ToFramer => {
      asked = id;
      this.#pictures.set(id, parts);
      return { type: 'screenshot', id, head };
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
      if (typeof channel === 'number') this.#ended(lost);
      this.#requests.failAll(new RayError('FRAMER_LOST', `the guest's framer was lost: ${lost}`));
      const waitMs = this.#policy.lost(performance.now());
      if (waitMs === undefined)
        gaveUp = new RayError('FRAMER_LOST', `the guest's framer dies again and again: ${lost}`);
      else if (waitMs > 0 || typeof channel !== 'number')
        await sleep(Math.max(waitMs, channelRetryMs), signal).catch(() => {});
    }
    if (gaveUp === undefined) this.#ended();
    for (const state of this.#states) state?.end();
    for (const news of this.#roomNews.values()) news.end();
    this.#viewers.end();
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
      const { name, touch } = this.guest;
      await using framer = this.#framers.show(name, channel, hear, touch);
      if (this.#over.signal.aborted) return 'it is over';
      this.#framer = framer;
      this.#viewers.giveTo(framer);
      this.#pid = framer.pid ?? 0;
      for (const state of this.#states) state?.framerStarted(this.#pid);
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

  /** Throws for a head that has no surface, which is a fault of ours. */
  #state(head: number): SurfaceState {
    const state = this.#states[head];
    if (state === undefined) throw new RayError('INTERNAL', `there is no surface ${head}`);
    return state;
  }

  #addState(head: number): SurfaceState {
    const { mark } = this.#options;
    const state = new SurfaceState(this.guest, head, {
      mark,
      onChange: this.#onChange,
      onFirstFrame: () => {
        if (head === 0) this.#firstFrame.resolve();
      },
    });
    this.#states[head] = state;
    mark('PRESENTATION:SURFACE_CREATED', { surface: state.surface, guest: this.guest.name });
    if (this.#pid !== 0) state.framerStarted(this.#pid);
    return state;
  }

  #ended(lostBecause?: string): void {
    this.#pid = 0;
    this.#viewers.framerEnded();
    for (const state of this.#states) state?.framerEnded(lostBecause);
  }

  /** A further screen has a surface as soon as the guest uses it, and keeps it. */
  #hearReport(report: Report): void {
    if (report.type === 'room') this.#hearRoom(report);
    else if ('head' in report) {
      const known = this.#states[report.head];
      if (known === undefined && report.type !== 'scanout') return;
      (known ?? this.#addState(report.head)).hear(report);
    } else if ('viewer' in report) {
      this.#states[this.#viewers.headOf(report.viewer) ?? 0]?.hear(report);
      if (report.type === 'viewer-left') this.#viewers.left(report.viewer);
    } else this.#state(0).hear(report);
  }

  #hearRoom({ head, width, height, scalePercent }: Room): void {
    const tell = (room: Room) => this.#options.onRoom?.(this.guest.id, room);
    const news = this.#roomNews.get(head) ?? new Newest<Room>(roomEveryMs, tell);
    this.#roomNews.set(head, news);
    news.set({ head, width, height, scalePercent });
  }

  #hear(message: FromFramer): void {
    this.#unanswered = 0;
    if (message.type === 'closed') this.#closedBecause = message.reason;
    if (!('id' in message)) this.#hearReport(message);
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
