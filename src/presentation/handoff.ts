// Sockets on their way to a framer. Node 26.10 forgets a handle that a child has not acknowledged when
// that child dies (neither 'disconnect' nor a close comes), and the viewer would wait for ever; so each is
// remembered until the framer has named its viewer. Node also makes the HTTP server's `close` wait for
// children that had one of its sockets, and waits for ever for one that has exited; so the socket leaves
// its server before it is sent.

import type { Socket } from 'node:net';

type Handle = { close(): void };
/** Of a socket, what Node does not document. */
type Inner = { readonly _handle?: Handle | null; server?: unknown };

export class Handoff {
  readonly #underWay = new Map<string, () => void>();

  /** A viewer's socket is about to be sent. */
  sending(viewer: string, socket: Socket): void {
    const inner = socket as unknown as Inner;
    const handle = inner._handle;
    inner.server = undefined;
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
