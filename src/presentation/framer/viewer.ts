// One viewer: a window in a browser. It is sent a frame only when it has credit, which it gets back by
// drawing; so it can neither build a queue here nor slow anybody else. What it says is checked strictly.

import { randomBytes } from 'node:crypto';
import type { FramerMessage, ViewerMessage } from '../../contracts/viewer-protocol.ts';
import { type InputSource, ViewerInput } from '../../input/index.ts';
import { type Choice, choose, plainWishes, type Wishes } from './choice.ts';
import { Delivery } from './delivery.ts';
import { Link } from './link.ts';
import { parseViewerMessage } from './messages.ts';
import type { PixelStream } from './pixel-stream.ts';
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
/** And no sound, which would come late: half a second of it. */
const maxSoundBacklog = 96 << 10;
const stallAfterMs = 2000;
const pingEveryMs = 10_000;
const deadAfterMs = 30_000;
const messagesPerSecond = 2000;
const policyViolation = 1008;
const thumbnailEveryMs = 500;

export class Viewer {
  readonly id: string;
  /** What a pixel stream of this viewer must name. */
  readonly streamKey = randomBytes(16).toString('hex');
  readonly #socket: ViewerSocket;
  readonly #input: InputSource;
  readonly #events: ViewerEvents;
  readonly #translator = new ViewerInput();
  readonly #rate: RateLimit;
  readonly #link = new Link();
  readonly #delivery = new Delivery();
  #wishes: Wishes = plainWishes;
  #choice: Choice | undefined;
  #isClosed = false;
  #sentVersion = 0;
  /** Grows when all has to be sent again: a frame that was begun before lacks some of it. */
  #beginning = 0;
  #sentAt: number;
  #heardAt: number;
  #pingedAt: number;
  #isStalled = false;
  #size = '';
  #cursor: Uint8Array | undefined;
  /** What there was no room for: the newest message of each type, in the order of their coming. */
  readonly #untold = new Map<FramerMessage['type'], FramerMessage>();

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

  /** Its connection seems to be a long one. */
  get isFar(): boolean {
    return this.#link.isFar;
  }

  /** The version that it has when all that is sent or being made has arrived; 0 at first. */
  get sentVersion(): number {
    return this.#sentVersion;
  }

  /** Width of the thumbnail that it wants; undefined when it wants all. */
  get thumbnail(): number | undefined {
    return this.#wishes.thumbnail;
  }

  /** True when a frame of a surface may be made for it. */
  canTake(now: number): boolean {
    const isDue =
      this.#wishes.thumbnail === undefined ||
      this.#sentVersion === 0 ||
      now - this.#sentAt >= thumbnailEveryMs;
    return (
      !this.#isClosed &&
      isDue &&
      !(this.#wishes.thumbnail !== undefined && this.isPreparing) &&
      this.#delivery.canTake &&
      this.#socket.bufferedAmount < maxBufferedBytes
    );
  }

  /** How its next frame is to be encoded; tells the viewer when that has changed. */
  choose(): Choice {
    const before = this.#choice;
    const choice = choose(this.#link, this.#wishes, before?.name);
    if (before?.name === choice.name) return before;
    this.#choice = choice;
    if (before !== undefined || choice.name !== 'raw') this.tell({ type: 'encoder', ...choice });
    return choice;
  }

  /** A frame is being made for it, and not yet sent. */
  get isPreparing(): boolean {
    return this.#delivery.isPreparing;
  }

  /** It was told that the surface has this size. */
  hasSize(width: number, height: number): boolean {
    return this.#size === `${width}x${height}`;
  }

  /**
   * A frame is made for it, which brings it to `version`: what is made next begins there. The answer sends the
   * frame, or gives it up without one; frames must be sent in the order in which they were begun.
   */
  prepare(version: number): (frame: Uint8Array | undefined, now: number) => void {
    const beginning = this.#beginning;
    this.#sentVersion = version;
    this.#delivery.prepare();
    return (frame, now) => {
      this.#delivery.made();
      if (frame !== undefined && beginning === this.#beginning) this.#sendOut(frame, version, now);
    };
  }

  /** Sends one frame, which brings it to `version`. Only when it `canTake`, and nothing is being made for it. */
  sendFrame(frame: Uint8Array, version: number, now: number): void {
    this.#sentVersion = version;
    this.#sendOut(frame, version, now);
  }

  #sendOut(frame: Uint8Array, version: number, now: number): void {
    this.#sentAt = now;
    const stream = this.#delivery.sent(version, frame.length, now);
    if (this.#isClosed) return;
    if (stream === undefined) this.#send(frame);
    else
      stream.send(frame, () => {
        if (this.canTake(this.#sentAt)) this.#events.onReady();
      });
  }

  /** From when all before is drawn, its frames go through `stream`, as long as that lives. */
  openStream(stream: PixelStream): void {
    if (this.#isClosed) {
      stream.end();
      return;
    }
    this.#delivery.open(stream, () => {
      // What was on its way is lost: all is sent again.
      this.#sendAll();
      this.#events.onReady();
    });
    this.#events.onReady();
  }

  /** Tells the surface's size, if it is another than it was told. */
  tellSurface(surface: string, width: number, height: number): void {
    if (this.hasSize(width, height)) return;
    this.#size = `${width}x${height}`;
    this.tell({ type: 'surface', surface, width, height });
  }

  /** Tells it now or when there is room: what is older than the newest of its type is left out. */
  tell(message: FramerMessage): void {
    // After the screen was off, its size is told again.
    if (message.type === 'idle') this.#size = '';
    this.#untold.delete(message.type);
    this.#untold.set(message.type, message);
    this.#flush();
  }

  /** Sends a cursor's message, now or when there is room: the newest one only. */
  showCursor(cursor: Uint8Array): void {
    this.#cursor = cursor;
    this.#flush();
  }

  /** Sends sound, unless it would come late: then it is left out. */
  sendSound(message: Uint8Array): boolean {
    if (this.#isClosed || this.#socket.bufferedAmount > maxSoundBacklog) return false;
    this.#send(message);
    return true;
  }

  /** Asks for the round trip's time. */
  ping(now: number): void {
    this.#pingedAt = now;
    this.#socket.ping();
  }

  /** One message of the viewer, as it came; undefined for one that is not text. */
  receive(data: string | undefined, now: number): void {
    if (this.#isClosed) return;
    this.#heardAt = now;
    const message = data === undefined ? undefined : parseViewerMessage(data);
    if (!this.#rate.use(now)) this.#refuse('too many messages in a second');
    else if (message === undefined) this.#refuse('not a message of this protocol');
    else this.#obey(message, now);
  }

  /** Lets go of what it holds down. */
  release(): void {
    this.#input.release();
  }

  /** The answer to a ping. */
  heard(now: number): void {
    this.#heardAt = now;
    this.#link.answered(now - this.#pingedAt);
    this.#delivery.isFar = this.#link.isFar;
  }

  /** To be called now and then: sees stalls and connections that are dead. */
  tick(now: number): void {
    if (this.#isClosed) return;
    this.#noticeStall(now);
    if (now - this.#heardAt > deadAfterMs) {
      this.#socket.terminate();
    } else if (now - this.#pingedAt >= pingEveryMs) {
      this.ping(now);
    }
  }

  /** Ends it: what it holds down is released. */
  close(code: number, reason: string): void {
    if (this.#isClosed) return;
    this.#tellAll();
    this.#socket.close(code, reason);
    this.closed();
  }

  /** Its connection has ended. */
  closed(): void {
    this.#isClosed = true;
    this.#input.close();
    this.#delivery.close();
  }

  #noticeStall(now: number): void {
    const isOut = this.#delivery.isFull && now - this.#sentAt > stallAfterMs;
    if (this.#isStalled || !isOut) return;
    this.#isStalled = true;
    this.#events.onStalled();
  }

  #obey(message: ViewerMessage, now: number): void {
    this.#events.onMessage?.(message);
    if (message.type === 'drawn') this.#drawn(message.frame, message.busyMs ?? 0, now);
    else if (message.type === 'blur') this.#input.release();
    else if (message.type === 'hello') this.#meet(message);
    else this.#pass(message);
  }

  #meet(wishes: Wishes): void {
    // Another size of picture, or another encoder: from the beginning.
    if (this.#wishes.thumbnail !== wishes.thumbnail) this.#sendAll();
    this.#wishes = wishes;
    this.tell({ type: 'stream', key: this.streamKey });
    this.#events.onReady();
  }

  /** Its next frame has everything, whatever is being made at this moment. */
  #sendAll(): void {
    this.#sentVersion = 0;
    this.#beginning++;
  }

  #drawn(frame: number, busyMs: number, now: number): void {
    const sent = this.#delivery.drawn(frame);
    if (sent === undefined) this.#refuse('drawn names a frame that is not out');
    if (sent === undefined || sent === 'lost') return;
    this.#link.drawn(sent.bytes, sent.at, busyMs, now);
    this.#isStalled = false;
    this.#events.onReady();
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
      this.#flush();
      if (this.canTake(this.#sentAt)) this.#events.onReady();
    });
  }

  /** Sends what waits for room. The guest makes the news, so no more of it waits than there are types. */
  #flush(): void {
    if (this.#socket.bufferedAmount >= maxBufferedBytes) return;
    this.#tellAll();
    const cursor = this.#cursor;
    if (cursor === undefined) return;
    this.#cursor = undefined;
    this.#send(cursor);
  }

  #tellAll(): void {
    for (const [type, message] of this.#untold) {
      this.#untold.delete(type);
      this.#send(JSON.stringify(message));
    }
  }
}
