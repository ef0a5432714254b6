// How rayosd speaks to logd: one connection, made again whenever it is lost. Markers are sent in their order
// and never waited for; a question that has had no answer when the connection is lost is asked again, since
// each may be asked twice. What waits here is bounded: a logd that hangs costs markers, and no memory.

import { createConnection, type Socket } from 'node:net';
import { encodeFrame, FrameSplitter, longestAnswer } from './frames.ts';
import { type Answer, parseAnswer, type Question } from './messages.ts';

const againMs = { first: 100, most: 5_000 };
const mostMarkers = 2_000;
const mostUnsent = 512 * 1024;

type Waiting = {
  readonly frame: Buffer;
  settle(answer: Answer | Error): void;
};
type Ok = Extract<Answer, { ok: true }>;

export class LogdClient implements Disposable {
  readonly #path: string;
  #socket: Socket | undefined;
  #isConnected = false;
  #delayMs = againMs.first;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  #newest = 0;
  /** Questions without an answer yet, in their order, and whether they are on their way. */
  readonly #asked = new Map<number, Waiting>();
  /** What is to be sent once there is a connection, in order: markers, and the ids of questions. */
  #outgoing: (Buffer | number)[] = [];
  #dropped = 0;

  constructor(path: string) {
    this.#path = path;
    this.#connect();
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** Markers that logd was never sent. */
  get dropped(): number {
    return this.#dropped;
  }

  marker(line: string): void {
    if (this.#outgoing.length >= mostMarkers || (this.#socket?.writableLength ?? 0) > mostUnsent) {
      this.#dropped++;
      return;
    }
    this.#send(encodeFrame({ kind: 'marker', line }));
  }

  /** logd's answer. Rejects with the signal's reason, or with logd's own refusal. */
  ask(question: Question, signal: AbortSignal): Promise<Ok> {
    const id = ++this.#newest;
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#asked.delete(id);
        this.#outgoing = this.#outgoing.filter((one) => one !== id);
        reject(signal.reason);
      };
      if (signal.aborted) return reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      const settle = (answer: Answer | Error) => {
        signal.removeEventListener('abort', onAbort);
        if (answer instanceof Error) reject(answer);
        else if (answer.ok) resolve(answer);
        else reject(new Error(answer.message));
      };
      this.#asked.set(id, { frame: encodeFrame({ ...question, id }), settle });
      this.#send(id);
    });
  }

  #send(one: Buffer | number): void {
    this.#outgoing.push(one);
    this.#flush();
  }

  #flush(): void {
    if (!this.#isConnected) return;
    for (const one of this.#outgoing.splice(0)) {
      const frame = typeof one === 'number' ? this.#asked.get(one)?.frame : one;
      if (frame !== undefined) this.#socket?.write(frame);
    }
  }

  #connect(): void {
    const socket = createConnection(this.#path);
    const frames = new FrameSplitter(longestAnswer);
    this.#socket = socket;
    socket.on('connect', () => {
      this.#isConnected = true;
      this.#delayMs = againMs.first;
      // Those that were on their way when the last connection was lost, before what came since.
      const unanswered = [...this.#asked.keys()].filter((id) => !this.#outgoing.includes(id));
      this.#outgoing.unshift(...unanswered);
      this.#flush();
    });
    socket.on('data', (bytes) => {
      try {
        for (const message of frames.push(Buffer.from(bytes))) this.#hear(message);
      } catch {
        socket.destroy();
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#lost());
  }

  #hear(message: unknown): void {
    const answer = parseAnswer(message);
    if (answer === undefined) throw new Error('no answer');
    const waiting = this.#asked.get(answer.id);
    this.#asked.delete(answer.id);
    waiting?.settle(answer);
  }

  #lost(): void {
    this.#isConnected = false;
    if (this.#isOver) return;
    this.#timer = setTimeout(() => this.#connect(), this.#delayMs);
    this.#delayMs = Math.min(againMs.most, this.#delayMs * 2);
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    // What waits unsent is markers. A logd that leaves questions unanswered does not read those either.
    if (this.#asked.size > 0) this.#socket?.destroy();
    else this.#socket?.destroySoon();
    for (const { settle } of this.#asked.values()) settle(new Error('RayOS is stopping'));
    this.#asked.clear();
  }
}
