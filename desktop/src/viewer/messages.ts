// What a RayOS window and its worker say to each other. The worker owns the socket and the canvas; the
// page owns the pointer, the keyboard and everything around the picture.

import type { CursorShape, FramerMessage, ViewerMessage } from '../../../src/contracts/index.ts';

export type Quality = 'auto' | 'lossless' | 'saving';

/** A question that is answered by a `reply` with the same id. Diagnostics only. */
export type Question =
  | {
      readonly ask: 'pixels';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
    }
  | { readonly ask: 'probe'; readonly x: number; readonly y: number };

export type ToWorker =
  | {
      readonly type: 'open';
      readonly address: string;
      /** How this viewer would like its pictures, from its next connection on. */
      readonly quality: Quality;
      readonly canvas: OffscreenCanvas;
      /** What others see when this person types. */
      readonly name: string;
      readonly visible: boolean;
    }
  | { readonly type: 'input'; readonly message: ViewerMessage }
  /** A page that nobody sees is sent one frame a second, not a hundred. */
  | { readonly type: 'visible'; readonly visible: boolean }
  /** The guest's sound goes to this port: forms and PCM, for the loudspeaker. Without one, none is wanted. */
  | { readonly type: 'hear'; readonly port: MessagePort | undefined }
  /** Connect now: the surface is presented again, or its framer is back. */
  | { readonly type: 'resume' }
  | { readonly type: 'question'; readonly id: number; readonly question: Question };

/** `waiting` is between two tries; `hidden` is the framer's word that the surface was taken away. */
export type ConnectionState = 'connecting' | 'open' | 'waiting' | 'hidden';

export type ViewerStats = {
  readonly framesDrawn: number;
  readonly tilesDrawn: number;
  readonly bytesReceived: number;
  readonly reconnects: number;
  /** Frames in the last second. */
  readonly framesPerSecond: number;
  /** From the newest damage in the last frame to its pixels on the canvas; clocks of one machine. */
  readonly latencyMs: number;
  /** Time to put the last frame on the canvas. */
  readonly paintMs: number;
};

export type Pixels = { readonly width: number; readonly height: number; readonly data: number[] };

export type FromWorker =
  | { readonly type: 'size'; readonly width: number; readonly height: number }
  | { readonly type: 'connection'; readonly state: ConnectionState }
  | { readonly type: 'cursor'; readonly shape: CursorShape }
  | Extract<FramerMessage, { type: 'pointer' | 'holder' | 'locks' | 'sound' }>
  | { readonly type: 'idle'; readonly reason: 'no-scanout' | 'refused'; readonly detail: string }
  | { readonly type: 'stats'; readonly stats: ViewerStats }
  | { readonly type: 'reply'; readonly id: number; readonly value: Pixels | number }
  | { readonly type: 'fault'; readonly message: string };

export const noStats: ViewerStats = {
  framesDrawn: 0,
  tilesDrawn: 0,
  bytesReceived: 0,
  reconnects: 0,
  framesPerSecond: 0,
  latencyMs: 0,
  paintMs: 0,
};
