// The commands that answer one value after the other, for as long as somebody listens.

import {
  type CommandResult,
  type DesktopEvent,
  type Guest,
  type MarkerRecord,
  RayError,
  type Surface,
} from '../contracts/index.ts';
import { Emitter } from '../foundation/index.ts';
import type { Recorder } from '../log/index.ts';

type ProgressEvent = Extract<DesktopEvent, { type: 'progress' }>;

/** What the desktop shows, and when it has changed. */
export type StateSource = {
  readonly changed: Emitter<void>;
  /** Steps of long work. A slow reader may miss some. */
  readonly progressed?: Emitter<ProgressEvent>;
  /** News of clipboards and of long work. */
  readonly told?: Emitter<Told>;
  state(): { readonly type: 'state'; readonly guests: Guest[]; readonly surfaces: Surface[] };
};

/** What the desktop is told beside its state and markers. */
export type Told = Extract<
  CommandResult<'desktop.events'>,
  { readonly type: 'clipboard' | 'progress' }
>;

const maxWaiting = 10_000;
const stateEveryMs = 50;

/** Markers kept since `since`, then, with `follow`, those that come. Throws TIMED_OUT at a slow reader. */
export async function* markers(
  recorder: Pick<Recorder, 'marked' | 'markersSince'>,
  { since = 0, follow = false }: { readonly since?: number; readonly follow?: boolean },
  signal: AbortSignal,
): AsyncGenerator<MarkerRecord> {
  const waiting = new Backlog<MarkerRecord>();
  const stop = follow ? recorder.marked.on((marker) => waiting.push(marker)) : () => undefined;
  try {
    yield* recorder.markersSince(since);
    if (follow) yield* waiting.until(signal);
  } finally {
    stop();
  }
}

/**
 * The whole state now and when it changes (at most 20 times a second), and markers as they happen. Of
 * states only the newest waits for a slow reader. Throws TIMED_OUT when too many markers wait.
 */
export async function* desktopEvents(
  { changed, progressed, told, state }: StateSource,
  { marked }: Pick<Recorder, 'marked'>,
  signal: AbortSignal,
): AsyncGenerator<CommandResult<'desktop.events'>> {
  const waiting = new Backlog<MarkerRecord | Told | 'state' | 'progress'>();
  // Of each work only the newest step waits.
  const steps = new Map<string, ProgressEvent>();
  let stateWaits = true;
  let timer: NodeJS.Timeout | undefined;
  waiting.push('state');
  const stopState = changed.on(() => {
    if (stateWaits) return;
    stateWaits = true;
    timer = setTimeout(() => waiting.push('state'), stateEveryMs);
  });
  const stopMarkers = marked.on((marker) => waiting.push(marker));
  const stopProgress = progressed?.on((step) => {
    if (steps.size === 0) waiting.push('progress');
    steps.set(step.id, step);
  });
  const stopTold = told?.on((news) => waiting.push(news));
  try {
    for await (const next of waiting.until(signal)) {
      if (next === 'progress') {
        const newest = [...steps.values()];
        steps.clear();
        yield* newest;
      } else if (next !== 'state') yield 'type' in next ? next : { type: 'marker', marker: next };
      else {
        stateWaits = false;
        yield state();
      }
    }
  } finally {
    clearTimeout(timer);
    stopState();
    stopMarkers();
    stopProgress?.();
    stopTold?.();
  }
}

/** Values that wait for their reader: so many, and no more. */
class Backlog<T> {
  readonly #waiting: T[] = [];
  readonly #pushed = new Emitter<void>();
  #isOver = false;

  push(value: T): void {
    this.#isOver ||= this.#waiting.length >= maxWaiting;
    if (!this.#isOver) this.#waiting.push(value);
    this.#pushed.emit();
  }

  /** Throws TIMED_OUT after the last value that had room. */
  async *until(signal: AbortSignal): AsyncGenerator<T> {
    const onAbort = () => this.#pushed.emit();
    signal.addEventListener('abort', onAbort);
    try {
      while (!signal.aborted) {
        yield* this.#waiting.splice(0);
        if (this.#isOver)
          throw new RayError('TIMED_OUT', `more than ${maxWaiting} markers waited to be read`);
        if (this.#waiting.length === 0 && !signal.aborted) await this.#push();
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  #push(): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.#pushed.on(() => {
        stop();
        resolve();
      });
    });
  }
}
