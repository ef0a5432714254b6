// The one way of input into a guest. Each source (a viewer, a command) keeps its order; sources take
// turns, gesture by gesture; one event is under way at a time, and the next waits for QEMU's answer and
// for the pace. What a source holds down is released when it leaves.

import { RayError } from '../contracts/errors.ts';
import type { InputEvent, InputTarget } from './events.ts';
import { Held, isSwitch } from './held.ts';
import { defaultPace, type InputClock, type Pace, Pacer, systemClock } from './pace.ts';
import { type Entry, InputSource } from './source.ts';

/** The target is that of sources which name no other. */
export type InputQueueOptions = InputTarget & {
  readonly pace?: Pace;
  readonly clock?: InputClock;
  /** Keys and buttons that were let go because their holder left. */
  readonly onReleased?: (keys: number) => void;
  /** Events of a kind that QEMU has taken. */
  readonly onTaken?: (kind: InputEvent['kind'], source: InputSource) => void;
  /** Input that was not sent, with the reason in words. */
  readonly onRefused?: (reason: string, source: InputSource) => void;
};

export class InputQueue implements AsyncDisposable {
  readonly #options: InputQueueOptions;
  readonly #pacer: Pacer;
  readonly #clock: InputClock;
  readonly #held = new Held<InputSource>();
  readonly #sources = new Set<InputSource>();
  readonly #targets = new WeakMap<InputSource, InputTarget>();
  #isClosed = false;
  #running: Promise<void> | undefined;
  #notBefore = Number.NEGATIVE_INFINITY;

  constructor(options: InputQueueOptions) {
    this.#options = options;
    this.#pacer = new Pacer(options.pace ?? defaultPace);
    this.#clock = options.clock ?? systemClock;
  }

  /** A new source of input. It refuses what would make it hold more than `limit` gestures. */
  open(limit?: number, target: InputTarget = this.#options): InputSource {
    const source = new InputSource(() => this.#wake(), limit);
    this.#targets.set(source, target);
    if (this.#isClosed) source.close();
    else this.#sources.add(source);
    return source;
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Drops what waits, releases what is held, and takes no more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    for (const source of this.#sources) {
      source.drop(new RayError('NOT_PRESENTED', 'the guest was hidden before all input was sent'));
      source.close();
    }
    this.#wake();
    await this.idle();
  }

  #wake(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  async #run(): Promise<void> {
    // A turn later, so that the caller has put in all that it wants to.
    await Promise.resolve();
    for (let source = this.#next(); source !== undefined; source = this.#next()) {
      await this.#untilAllowed();
      const entry = source.take();
      if (entry !== undefined) await this.#send(source, entry);
      if (source.isOver) this.#sources.delete(source);
      else this.#toTheEnd(source);
    }
  }

  #next(): InputSource | undefined {
    for (const source of this.#sources) if (source.hasWork) return source;
    return undefined;
  }

  #toTheEnd(source: InputSource): void {
    this.#sources.delete(source);
    this.#sources.add(source);
  }

  async #send(source: InputSource, entry: Entry): Promise<void> {
    const events = entry.kind === 'release' ? this.#held.releasesOf(source) : entry.gesture;
    let taken = 0;
    try {
      for (const event of events) if (await this.#sendOne(source, event)) taken++;
      if (entry.kind === 'release' && taken > 0) this.#options.onReleased?.(taken);
      if (entry.kind === 'gesture') entry.onSent?.(taken);
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      this.#options.onRefused?.(reason, source);
      // A chord that broke off must not leave its first keys down.
      if (events.length > 1) source.release();
      if (entry.kind === 'gesture') entry.onFailed?.(thrown);
    }
  }

  /** True when QEMU has taken the event; false when there was no need to send it. */
  async #sendOne(source: InputSource, event: InputEvent): Promise<boolean> {
    if (isSwitch(event) && !this.#held.apply(source, event)) return false;
    await this.#untilAllowed();
    const now = this.#clock.now();
    this.#notBefore = now + this.#pacer.gapAfter(event, now);
    await this.#give(event, this.#targets.get(source) ?? this.#options);
    this.#pacer.answered(this.#clock.now() - now);
    this.#options.onTaken?.(event.kind, source);
    return true;
  }

  async #untilAllowed(): Promise<void> {
    const ms = this.#notBefore - this.#clock.now();
    if (ms > 0) await this.#clock.wait(ms);
  }

  async #give(event: InputEvent, { sink, screen }: InputTarget): Promise<void> {
    const { keyboard, mouse, touch } = sink;
    switch (event.kind) {
      case 'key':
        await (event.down ? keyboard.press(event.qnum) : keyboard.release(event.qnum));
        break;
      case 'button':
        await (event.down ? mouse.press(event.button) : mouse.release(event.button));
        break;
      case 'motion':
        await mouse.relMotion?.(event.dx, event.dy);
        break;
      default: {
        const size = screen();
        if (size === undefined)
          throw new RayError('NO_FRAME', 'the guest shows nothing that could be pointed at');
        const [x, y] = [clamp(event.x, size.width), clamp(event.y, size.height)];
        if (event.kind === 'touch') await touch?.send(event.phase, event.slot, x, y);
        else await mouse.setAbsPosition(x, y);
      }
    }
  }
}

function clamp(value: number, size: number): number {
  return Math.max(0, Math.min(size - 1, Math.round(value)));
}
