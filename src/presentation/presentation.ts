// Surfaces and their life: create, present, update, hide, destroy. One surface for each screen that a
// presented guest uses, and one framer for all of them.

import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { RayError, type Surface } from '../contracts/index.ts';
import { Emitter, type Unsubscribe, within } from '../foundation/index.ts';
import { gesturesOf, type InputRequest } from '../input/index.ts';
import { Framers } from './framers.ts';
import { namesOf, Presented } from './presented.ts';
import type { PresentableGuest, PresentationOptions, PresentResult, Screenshot } from './types.ts';

/** In emulation inside emulation, a framer takes 10 to 20 seconds to its first picture. */
const firstFrameTimeoutMs = 60_000;

export class Presentation implements AsyncDisposable {
  readonly #options: PresentationOptions;
  readonly #framers: Framers;
  /** By guest id, in the order of presenting. */
  readonly #presented = new Map<string, Presented>();
  readonly #ending = new Set<Promise<void>>();
  readonly #changed = new Emitter<void>();

  constructor(options: PresentationOptions) {
    this.#options = options;
    this.#framers = new Framers(options);
  }

  /** `listener` runs when `surfaces()` is different. */
  onChange(listener: () => void): Unsubscribe {
    return this.#changed.on(listener);
  }

  surfaces(): Surface[] {
    return [...this.#presented.values()].flatMap((presented) => presented.surfaces());
  }

  /** The surface of one screen of a guest that is presented. */
  surfaceOf(guestId: string, head = 0): Surface | undefined {
    return this.#presented.get(guestId)?.describe(head);
  }

  /** Id of the guest that was presented last, if any is. */
  get newest(): string | undefined {
    return [...this.#presented.keys()].at(-1);
  }

  /**
   * Shows a guest; resolves when a frame of it was read. When it is presented already this says so at
   * once. Throws NO_FRAME when none comes in time, FRAMER_LOST, or the signal's reason; nothing is
   * presented then, unless somebody else waits for the same guest.
   */
  async present(
    guest: PresentableGuest,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<PresentResult> {
    const startedAt = performance.now();
    const presented = this.#presented.get(guest.id) ?? this.#createSurface(guest);
    const { waiters } = presented;
    const wasShown = waiters.isTold;
    waiters.join();
    try {
      await within(
        presented.firstFrame,
        this.#options.firstFrameTimeoutMs ?? firstFrameTimeoutMs,
        () => noFrame(guest, presented.idleDetail),
        options.signal,
      );
    } catch (thrown) {
      if (waiters.gaveUp())
        await this.#destroy(presented, noFrame(guest, 'presenting it was given up'));
      throw thrown;
    }
    const first = presented.describe();
    if (first === undefined) throw notPresented(guest.name);
    const { id: surface, width, height, viewers } = first;
    if (waiters.told())
      this.#options.mark('PRESENTATION:PRESENTED', { surface, guest: guest.name });
    const firstFrameAfterMs = wasShown ? 0 : performance.now() - startedAt;
    return { surface, width, height, viewers, firstFrameAfterMs };
  }

  /** Takes a guest off the screen; it runs on. False when it was not presented. */
  async hide(guestId: string): Promise<boolean> {
    const presented = this.#presented.get(guestId);
    if (presented === undefined) return false;
    const { guest } = presented;
    const surfaces = presented.surfaces();
    await this.#destroy(presented, notPresented(guest.name), () => {
      for (const { id: surface } of surfaces)
        this.#options.mark('PRESENTATION:HIDDEN', { surface, guest: guest.name });
    });
    return true;
  }

  /** A guest has ended: its surface goes. */
  async guestGone(guestId: string): Promise<void> {
    const presented = this.#presented.get(guestId);
    if (presented === undefined) return;
    const { name } = presented.guest;
    await this.#destroy(
      presented,
      new RayError('GUEST_NOT_RUNNING', `${name} has ended`, { guest: name }),
    );
  }

  /** Sends input; resolves with the number of events that QEMU has taken. */
  async input(
    guestId: string,
    request: InputRequest,
    options: { readonly signal?: AbortSignal; readonly head?: number } = {},
  ): Promise<number> {
    const presented = this.#known(guestId);
    // Made here as well, so that an unknown key is refused before anything is sent.
    gesturesOf(request);
    return await presented.input(request, options.head ?? 0, options.signal);
  }

  /** A picture of what the guest shows now. */
  async screenshot(guestId: string, head = 0): Promise<Screenshot> {
    return await this.#known(guestId).screenshot(head);
  }

  /**
   * Hands an admitted viewer's socket to the framer; the socket is not ours any more then. `read` is
   * what was read after the request; `party` names the person's session (letters and digits, no secret).
   * Throws NOT_PRESENTED when there is no such surface.
   */
  attachViewer(
    surfaceId: string,
    socket: Socket,
    read: Buffer,
    headers: IncomingHttpHeaders,
    party?: string,
  ): void {
    for (const presented of this.#presented.values()) {
      const surface = presented.surfaces().find(({ id }) => id === surfaceId);
      if (surface === undefined) continue;
      const session = party === undefined ? {} : { party };
      presented.attach(socket, { head: surface.head, read, headers, ...session });
      return;
    }
    throw notPresented(surfaceId);
  }

  /** Ends all windows of a person who has signed out: those that were attached with this `party`. */
  endViewers(party: string): void {
    for (const presented of this.#presented.values()) presented.endParty(party);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const reason = new RayError('CANCELLED', 'RayOS is stopping');
    for (const presented of this.#presented.values()) void this.#destroy(presented, reason);
    await Promise.all(this.#ending);
    await this.#framers[Symbol.asyncDispose]();
  }

  #known(guestId: string): Presented {
    const presented = this.#presented.get(guestId);
    if (presented === undefined) throw notPresented(guestId);
    return presented;
  }

  #createSurface(guest: PresentableGuest): Presented {
    const presented: Presented = new Presented(guest, this.#framers, this.#options, {
      onChange: () => this.#changed.emit(),
      onGone: (reason) => void this.#destroy(presented, reason),
    });
    this.#presented.set(guest.id, presented);
    this.#changed.emit();
    return presented;
  }

  /** Ends a surface once, whoever asks; `whenEnded` runs before it is told that it is destroyed. */
  #destroy(presented: Presented, reason: RayError, whenEnded?: () => void): Promise<void> {
    const { guest } = presented;
    const surfaces = presented.surfaces();
    if (this.#presented.get(guest.id) !== presented) return presented.end(reason);
    this.#presented.delete(guest.id);
    const ending = presented.end(reason).then(() => {
      whenEnded?.();
      for (const { id: surface } of surfaces)
        this.#options.mark('PRESENTATION:SURFACE_DESTROYED', { surface, guest: guest.name });
      this.#changed.emit();
    });
    this.#ending.add(ending);
    return ending.finally(() => this.#ending.delete(ending));
  }
}

function noFrame(guest: PresentableGuest, detail: string): RayError {
  const message = `no picture of ${guest.name} has come: ${detail}`;
  return new RayError('NO_FRAME', message, namesOf(guest));
}

function notPresented(guest: string): RayError {
  return new RayError('NOT_PRESENTED', `${guest} is not presented`, { guest });
}
