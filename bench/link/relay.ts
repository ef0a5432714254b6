// The shaped link: a process of its own, between a browser and what it looks at. Each port that it opens leads
// to one port of this machine, over a link of its own whose two directions are shaped alike. It stands for
// netem, which not every kernel has. Ends with its parent.

import { createServer, connect as open, type Socket } from 'node:net';
import { Pacer, type Shape } from './pacer.ts';

export type RelayRequest = { readonly shape: Shape; readonly to: readonly number[] };
/** The ports of loopback that lead there, in the order asked for. */
export type RelayAnswer = { readonly ports: readonly number[] };

/** What may wait at the link's beginning: as a router with little memory. Senders wait beyond that. */
const mostBacklogMs = 30;
/** Bytes go in pieces of about a packet's size, so that connections share the link evenly. */
const pieceBytes = 1448;

type Piece = { readonly at: number; readonly deliver: () => void };

class Direction {
  readonly #pacer: Pacer;
  readonly #pieces: Piece[] = [];
  readonly #paused = new Set<Socket>();
  #timer: NodeJS.Timeout | undefined;

  constructor(shape: Shape) {
    this.#pacer = new Pacer(shape);
  }

  /** Everything from one socket goes to the other, its end too. */
  carry(from: Socket, to: Socket): void {
    from.on('data', (bytes: Buffer) => {
      for (let at = 0; at < bytes.length; at += pieceBytes) {
        const piece = bytes.subarray(at, at + pieceBytes);
        this.#send(piece.length, () => void to.write(piece));
      }
      if (this.#pacer.backlogMs(performance.now()) <= mostBacklogMs) return;
      from.pause();
      this.#paused.add(from);
    });
    from.on('end', () => this.#send(0, () => to.end()));
    from.on('error', () => to.destroy());
    from.on('close', () => this.#paused.delete(from));
  }

  #send(bytes: number, deliver: () => void): void {
    this.#pieces.push({ at: this.#pacer.arrival(bytes, performance.now()), deliver });
    this.#soon();
  }

  #soon(): void {
    const [next] = this.#pieces;
    if (next === undefined || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.#deliver(), Math.max(0, next.at - performance.now()));
  }

  #deliver(): void {
    this.#timer = undefined;
    const now = performance.now();
    const due = this.#pieces.findIndex(({ at }) => at > now);
    for (const { deliver } of this.#pieces.splice(0, due < 0 ? this.#pieces.length : due))
      deliver();
    if (this.#pacer.backlogMs(now) <= mostBacklogMs / 2) {
      for (const socket of this.#paused) socket.resume();
      this.#paused.clear();
    }
    this.#soon();
  }
}

async function lead(port: number, shape: Shape): Promise<number> {
  const [there, back] = [new Direction(shape), new Direction(shape)];
  const server = createServer({ noDelay: true }, (near) => {
    const far = open({ port, host: '127.0.0.1', noDelay: true });
    there.carry(near, far);
    back.carry(far, near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port to listen at');
  return address.port;
}

process.on('disconnect', () => process.exit(0));
process.once('message', async ({ to, shape }: RelayRequest) => {
  const ports: number[] = [];
  for (const port of to) ports.push(await lead(port, shape));
  process.send?.({ ports } satisfies RelayAnswer);
});
