// Sockets on their way to a framer. Node forgets a handle that a child has not acknowledged when that
// child dies (26.10: neither 'disconnect' nor a close comes), and the viewer would wait for ever; so each
// is remembered until the framer has named its viewer.

import type { Socket } from 'node:net';

type Handle = { close(): void };

export class Handoff {
  readonly #underWay = new Map<string, () => void>();

  /** A viewer's socket is about to be sent. */
  sending(viewer: string, socket: Socket): void {
    const handle = (socket as unknown as { readonly _handle?: Handle | null })._handle;
    this.#underWay.set(viewer, () => {
      socket.destroy();
      handle?.close();
    });
  }

  /** The framer has it. */
  arrived(viewer: string): void {
    this.#underWay.delete(viewer);
  }

  /** The framer is gone: what has not arrived is closed, so that its viewer tries again. */
  abandon(): void {
    for (const close of this.#underWay.values()) close();
    this.#underWay.clear();
  }
}
