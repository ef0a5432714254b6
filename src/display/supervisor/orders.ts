// The Chrome DevTools Protocol over two pipes: JSON messages, each ended by a NUL. Only who started the
// browser has them; nothing listens on a port.

import type { Readable, Writable } from 'node:stream';
import { within } from '../../foundation/clock.ts';

/** What every order is told when there is nobody to take it. */
export const browserGone = 'the browser has gone';

const maxMessageBytes = 4 * 1024 * 1024;

type Answer = { readonly result?: unknown; readonly error?: { readonly message?: unknown } };
type Waiting = { readonly resolve: (result: unknown) => void; readonly reject: (e: Error) => void };

/** Cuts what the browser says into messages; undefined when one grows over the bound. */
export class MessageCutter {
  #parts: Buffer[] = [];
  #bytes = 0;

  push(chunk: Buffer): readonly unknown[] | undefined {
    const messages: unknown[] = [];
    let rest = chunk;
    for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
      const text = Buffer.concat([...this.#parts, rest.subarray(0, end)]).toString();
      this.#parts = [];
      this.#bytes = 0;
      rest = rest.subarray(end + 1);
      try {
        messages.push(JSON.parse(text));
      } catch {
        return undefined;
      }
    }
    this.#bytes += rest.length;
    if (rest.length > 0) this.#parts.push(rest);
    return this.#bytes > maxMessageBytes ? undefined : messages;
  }
}

export class Orders {
  readonly #to: Writable;
  readonly #waiting = new Map<number, Waiting>();
  readonly #crashed = new Set<() => void>();
  #next = 1;
  #isOver = false;

  constructor(to: Writable, from: Readable) {
    this.#to = to;
    const cutter = new MessageCutter();
    from.on('data', (chunk: Buffer) => {
      const messages = cutter.push(chunk);
      if (messages === undefined) return this.#end('the browser says what is no message');
      for (const message of messages) this.#hear(message);
    });
    for (const stream of [to, from]) stream.on('error', () => this.#end(browserGone));
    from.once('close', () => this.#end(browserGone));
  }

  /** One order to its answer. Rejects when it is refused, after `limitMs`, or when the browser is gone. */
  async send(
    method: string,
    params: Readonly<Record<string, unknown>>,
    limitMs: number,
    sessionId?: string,
  ): Promise<unknown> {
    if (this.#isOver) throw new Error(browserGone);
    const id = this.#next++;
    const answer = new Promise<unknown>((resolve, reject) =>
      this.#waiting.set(id, { resolve, reject }),
    );
    this.#to.write(`${JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) })}\0`);
    try {
      return await within(answer, limitMs, () => new Error(`the browser does not answer`));
    } finally {
      this.#waiting.delete(id);
    }
  }

  /** Calls `then` when the page has crashed. */
  onCrash(then: () => void): void {
    this.#crashed.add(then);
  }

  #hear(message: unknown): void {
    if (typeof message !== 'object' || message === null) return;
    if ('method' in message && message.method === 'Inspector.targetCrashed')
      for (const then of this.#crashed) then();
    if (!('id' in message) || typeof message.id !== 'number') return;
    const waiting = this.#waiting.get(message.id);
    const { result, error } = message as Answer;
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(String(error.message ?? 'refused')));
  }

  #end(why: string): void {
    this.#isOver = true;
    for (const { reject } of this.#waiting.values()) reject(new Error(why));
  }
}
