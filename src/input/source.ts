// One source of input: a viewer or a command. Its gestures wait here in their order, at most `limit`.

import { RayError } from '../contracts/errors.ts';
import type { Gesture } from './events.ts';

export type Entry =
  | { readonly kind: 'release' }
  | {
      readonly kind: 'gesture';
      readonly gesture: Gesture;
      readonly onSent?: (taken: number) => void;
      readonly onFailed?: (thrown: unknown) => void;
    };

const defaultLimit = 512;

export class InputSource {
  readonly #wake: () => void;
  readonly #limit: number;
  #entries: Entry[] = [];
  #isClosed = false;

  constructor(wake: () => void, limit = defaultLimit) {
    this.#wake = wake;
    this.#limit = limit;
  }

  get hasWork(): boolean {
    return this.#entries.length > 0;
  }

  /** True when it was closed and all that it had is done. */
  get isOver(): boolean {
    return this.#isClosed && !this.hasWork;
  }

  /**
   * Puts a gesture last. A move is merged with a move that waits right before it. False when
   * the source is full: then all that waited is dropped and what it holds is released, since a guest
   * that got half of the keys would be worse off.
   */
  push(gesture: Gesture): boolean {
    if (this.#isClosed) return false;
    if (this.#entries.length >= this.#limit) {
      this.drop(new RayError('CANCELLED', 'input came faster than the guest can take it'));
      this.release();
      return false;
    }
    const merged = mergeMoves(this.#lastGesture(), gesture);
    if (merged !== undefined) this.#entries.pop();
    this.#entries.push({ kind: 'gesture', gesture: merged ?? gesture });
    this.#wake();
    return true;
  }

  /**
   * Sends gestures and resolves with the number of events that QEMU has taken. Rejects with its refusal,
   * or with the signal's reason; what was not sent by then is dropped, and what is held is released.
   */
  send(gestures: readonly Gesture[], signal?: AbortSignal): Promise<number> {
    return new Promise<number>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      if (this.#isClosed || this.#entries.length + gestures.length > this.#limit) {
        return reject(new RayError('CANCELLED', 'too much input waits for this guest already'));
      }
      let taken = 0;
      let left = gestures.length;
      if (left === 0) return resolve(0);
      const onAbort = () => fail(signal?.reason);
      const fail = (thrown: unknown) => {
        signal?.removeEventListener('abort', onAbort);
        this.#entries = this.#entries.filter((entry) => !mine.has(entry));
        this.release();
        reject(thrown);
      };
      const onSent = (count: number) => {
        taken += count;
        if (--left > 0) return;
        signal?.removeEventListener('abort', onAbort);
        resolve(taken);
      };
      const entries = gestures.map(
        (gesture): Entry => ({ kind: 'gesture', gesture, onSent, onFailed: fail }),
      );
      const mine = new Set(entries);
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#entries.push(...entries);
      this.#wake();
    });
  }

  /** Releases, in its turn, all that this source holds down. */
  release(): void {
    if (this.#entries.at(-1)?.kind !== 'release') this.#entries.push({ kind: 'release' });
    this.#wake();
  }

  /** Lets what waits be sent, then releases what is held, and ends. */
  close(): void {
    if (this.#isClosed) return;
    this.release();
    this.#isClosed = true;
  }

  /** Forgets what waits. */
  drop(reason: RayError): void {
    const dropped = this.#entries;
    this.#entries = [];
    for (const entry of dropped) if (entry.kind === 'gesture') entry.onFailed?.(reason);
  }

  /** The next thing to do; for the queue. */
  take(): Entry | undefined {
    return this.#entries.shift();
  }

  #lastGesture(): Gesture | undefined {
    const last = this.#entries.at(-1);
    return last?.kind === 'gesture' && last.onSent === undefined ? last.gesture : undefined;
  }
}

/** Two moves as one: the newer place, or the sum of both motions; undefined when they are no such pair. */
function mergeMoves(before: Gesture | undefined, after: Gesture): Gesture | undefined {
  const [a, b] = [before?.[0], after[0]];
  if (before?.length !== 1 || after.length !== 1 || a === undefined || b === undefined)
    return undefined;
  if (a.kind === 'pointer' && b.kind === 'pointer') return after;
  if (a.kind === 'motion' && b.kind === 'motion')
    return [{ kind: 'motion', dx: a.dx + b.dx, dy: a.dy + b.dy }];
  const isSameFinger = a.kind === 'touch' && b.kind === 'touch' && a.slot === b.slot;
  return isSameFinger && a.phase === 'update' && b.phase === 'update' ? after : undefined;
}
