// What the rest of rayosd knows of presentation.

import type { MarkerArguments, MarkerName } from '../contracts/index.ts';
import type { FramersOptions } from './framers.ts';
import type { RestartLimits } from './restart-policy.ts';

/** States a fact: the recorder's `mark`. */
export type Mark = <N extends MarkerName>(name: N, args: MarkerArguments<N>) => void;

/** A running guest, as presentation needs it. */
export type PresentableGuest = {
  readonly id: string;
  /** Unique among guests; DNS-label-like. */
  readonly name: string;
  readonly title: string;
  /** It has a touch screen; without one, fingers act as a mouse. */
  readonly touch?: boolean;
  /** For the words of errors. */
  readonly logFile?: string;
  /** A fresh display channel to its QEMU: a close-on-exec descriptor that becomes ours. */
  openChannel(): Promise<number>;
};

/** What a guest's screen should become. */
export type Room = {
  readonly head: number;
  readonly width: number;
  readonly height: number;
  readonly scalePercent: number;
};

export type PresentResult = {
  /** The surface's id. */
  readonly surface: string;
  readonly width: number;
  readonly height: number;
  readonly viewers: number;
  /** From the call to the first frame that was read; 0 when it was presented already. */
  readonly firstFrameAfterMs: number;
};

export type Screenshot = {
  readonly width: number;
  readonly height: number;
  readonly png: Buffer;
};

export type PresentationOptions = FramersOptions & {
  readonly mark: Mark;
  /** Whoever types into a guest has a window of this size: for the guest's agent. */
  readonly onRoom?: (guestId: string, room: Room) => void;
  /** How long `present` waits for the first frame. */
  readonly firstFrameTimeoutMs?: number;
  /** How often framers may die before it is waited for, and given up. */
  readonly restartLimits?: RestartLimits;
};
