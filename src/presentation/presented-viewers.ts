// Who looks at a presented guest: the screen that each shows, and those that came while no framer ran.

import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { ToFramer } from './framer/protocol.ts';
import type { FramerProcess } from './framer-process.ts';
import { headersForHandshake } from './handshake-headers.ts';

/** A viewer that rayosd has let in. */
export type AttachRequest = {
  readonly head: number;
  readonly headers: IncomingHttpHeaders;
  /** What was read after the request. */
  readonly read: Buffer;
  /** Names the person's session. */
  readonly party?: string;
};

type ViewerRequest = Extract<ToFramer, { type: 'viewer' }>;

const maxWaiting = 32;

export class PresentedViewers {
  readonly #guest: string;
  /** By viewer, the head that it shows. */
  readonly #heads = new Map<string, number>();
  /** Viewers that came while no framer ran. */
  readonly #waiting: { readonly message: ViewerRequest; readonly socket: Socket }[] = [];
  #count = 0;

  constructor(guest: string) {
    this.#guest = guest;
  }

  /** Gives a viewer's socket to the framer, or to the next one if it is being restarted. */
  attach(
    socket: Socket,
    { head, headers, read, party }: AttachRequest,
    framer: FramerProcess | undefined,
  ): void {
    const viewer = `${this.#guest}.${head}.v${++this.#count}`;
    this.#heads.set(viewer, head);
    socket.pause();
    // What came after the request, though no viewer should speak before it is answered.
    const rest: unknown = socket.read();
    const all = Buffer.isBuffer(rest) ? Buffer.concat([read, rest]) : read;
    const message: ViewerRequest = {
      type: 'viewer',
      viewer,
      head,
      // One that came without a session is a person of its own.
      party: party ?? viewer,
      rest: all.toString('base64'),
      headers: headersForHandshake(headers),
    };
    if (framer !== undefined) framer.sendViewer(message, socket);
    else if (this.#waiting.length < maxWaiting) this.#waiting.push({ message, socket });
    else socket.destroy();
  }

  /** Gives those that wait to a framer that has started. */
  giveTo(framer: FramerProcess): void {
    for (const { message, socket } of this.#waiting.splice(0)) framer.sendViewer(message, socket);
  }

  /** The screen that a viewer shows; undefined for one that is not known, whatever a framer says. */
  headOf(viewer: string): number | undefined {
    return this.#heads.get(viewer);
  }

  left(viewer: string): void {
    this.#heads.delete(viewer);
  }

  /** Those that it had are gone with it; those that wait are not. */
  framerEnded(): void {
    this.#heads.clear();
    for (const { message } of this.#waiting) this.#heads.set(message.viewer, message.head);
  }

  /** Ends those that wait and are of a person who has signed out. */
  endParty(party: string): void {
    for (let i = this.#waiting.length - 1; i >= 0; i--)
      if (this.#waiting[i]?.message.party === party)
        for (const { socket } of this.#waiting.splice(i, 1)) socket.destroy();
  }

  /** Nobody waits for anything any more. */
  end(): void {
    for (const { socket } of this.#waiting.splice(0)) socket.destroy();
  }
}
