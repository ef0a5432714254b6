// One viewer: a window in a browser. It is sent a frame only when it has credit, which it gets back by
// drawing; so it can neither build a queue here nor slow anybody else. What it says is checked strictly.

import {
  type FramerMessage,
  initialCredit,
  type ViewerMessage,
} from '../../contracts/viewer-protocol.ts';
import { type InputSource, ViewerInput } from '../../input/index.ts';
import { frameNumber } from './encode.ts';
import { parseViewerMessage } from './messages.ts';
import { RateLimit } from './rate.ts';

/** What a viewer needs of a WebSocket. */
export type ViewerSocket = {
  /** Bytes that were sent but have not left this process. */
  readonly bufferedAmount: number;
  send(data: string | Uint8Array, done: () => void): void;
  ping(): void;
  close(code: number, reason: string): void;
  terminate(): void;
};

export type ViewerEvents = {
  /** It can take a frame again. */
  readonly onReady: () => void;
  readonly onStalled: () => void;
  /** Input that was not passed on, in words. */
  readonly onRefused: (reason: string) => void;
  /** Whatever it says, before anything is done about it. */
  readonly onMessage?: (message: ViewerMessage) => void;
  /** Whether its input goes to the guest. */
  readonly mayType?: () => boolean;
};

/** A viewer with more than this on the way is sent nothing, whatever its credit. */
const maxBufferedBytes = 1 << 20;
const stallAfterMs = 2000;
const pingEveryMs = 10_000;
const deadAfterMs = 30_000;
const messagesPerSecond = 2000;
const policyViolation = 1008;

export class Viewer {
  readonly id: string;
  readonly #socket: ViewerSocket;
  readonly #input: InputSource;
  readonly #events: ViewerEvents;
  readonly #translator = new ViewerInput();
  readonly #rate: RateLimit;
  readonly #outstanding = new Set<number>();
  #isClosed = false;
  #sentVersion = 0;
  #sentAt: number;
  #heardAt: number;
  #pingedAt: number;
  #isStalled = false;
  #size = '';
  #cursor: Uint8Array | undefined;

  constructor(
    id: string,
    socket: ViewerSocket,
    input: InputSource,
    events: ViewerEvents,
    now: number,
  ) {
    this.id = id;
    this.#socket = socket;
    this.#input = input;
    this.#events = events;
    this.#rate = new RateLimit(messagesPerSecond, messagesPerSecond, now);
    this.#sentAt = now;
    this.#heardAt = now;
    this.#pingedAt = now;
  }

  /** The version that it was sent last; 0 at first. */
  get sentVersion(): number {
    return this.#sentVersion;
  }

  get canTake(): boolean {
    return (
      !this.#isClosed &&
      this.#outstanding.size < initialCredit &&
      this.#socket.bufferedAmount < maxBufferedBytes
    );
  }

  /** Sends one frame, which brings it to `version` of a surface of this size. Only when it `canTake`. */
  sendFrame(frame: Uint8Array, version: number, now: number): void {
    this.#outstanding.add(frameNumber(version));
    this.#sentVersion = version;
    this.#sentAt = now;
    this.#send(frame);
  }

  /** Tells the surface's size, if it is another than it was told. */
  tellSurface(surface: string, width: number, height: number): void {
    const size = `${width}x${height}`;
    if (this.#size === size) return;
    this.#size = size;
    this.tell({ type: 'surface', surface, width, height });
  }

  tell(message: FramerMessage): void {
    // After the screen was off, its size is told again.
    if (message.type === 'idle') this.#size = '';
    this.#send(JSON.stringify(message));
  }

  /** Sends a cursor's message, now or when there is room: the newest one only. */
  showCursor(cursor: Uint8Array): void {
    this.#cursor = cursor;
    this.#flushCursor();
  }

  /** One message of the viewer, as it came; undefined for one that is not text. */
  receive(data: string | undefined, now: number): void {
    if (this.#isClosed) return;
    this.#heardAt = now;
    const message = data === undefined ? undefined : parseViewerMessage(data);
    if (!this.#rate.use(now)) this.#refuse('too many messages in a second');
    else if (message === undefined) this.#refuse('not a message of this protocol');
    else this.#obey(message);
  }

  /** Lets go of what it holds down. */
  release(): void {
    this.#input.release();
  }

  /** The answer to a ping. */
  heard(now: number): void {
    this.#heardAt = now;
  }

  /** To be called now and then: sees stalls and connections that are dead. */
  tick(now: number): void {
    if (this.#isClosed) return;
    this.#noticeStall(now);
    if (now - this.#heardAt > deadAfterMs) {
      this.#socket.terminate();
    } else if (now - this.#pingedAt >= pingEveryMs) {
      this.#pingedAt = now;
      this.#socket.ping();
    }
  }

  /** Ends it: what it holds down is released. */
  close(code: number, reason: string): void {
    if (this.#isClosed) return;
    this.#socket.close(code, reason);
    this.closed();
  }

  /** Its connection has ended. */
  closed(): void {
    this.#isClosed = true;
    this.#input.close();
  }

  #noticeStall(now: number): void {
    const isOut = this.#outstanding.size >= initialCredit && now - this.#sentAt > stallAfterMs;
    if (this.#isStalled || !isOut) return;
    this.#isStalled = true;
    this.#events.onStalled();
  }

  #obey(message: ViewerMessage): void {
    this.#events.onMessage?.(message);
    if (message.type === 'drawn') this.#drawn(message.frame);
    else if (message.type === 'blur') this.#input.release();
    else this.#pass(message);
  }

  #drawn(frame: number): void {
    if (this.#outstanding.delete(frame)) {
      this.#isStalled = false;
      this.#events.onReady();
    } else this.#refuse('drawn names a frame that is not out');
  }

  #pass(message: ViewerMessage): void {
    const gestures = this.#translator.gesturesOf(message);
    if (gestures.length === 0 || this.#events.mayType?.() === false) return;
    for (const gesture of gestures) {
      if (this.#input.push(gesture)) continue;
      this.#events.onRefused('input came faster than the guest can take it');
      return;
    }
  }

  #refuse(reason: string): void {
    this.#events.onRefused(reason);
    this.close(policyViolation, reason);
  }

  #send(data: string | Uint8Array): void {
    if (this.#isClosed) return;
    this.#socket.send(data, () => {
      if (this.#isClosed) return;
      this.#flushCursor();
      if (this.canTake) this.#events.onReady();
    });
  }

  #flushCursor(): void {
    const cursor = this.#cursor;
    if (cursor === undefined || this.#socket.bufferedAmount >= maxBufferedBytes) return;
    this.#cursor = undefined;
    this.#send(cursor);
  }
}
