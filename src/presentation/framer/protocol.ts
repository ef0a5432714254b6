// What rayosd and a framer say to each other, as JSON over the process's own channel. rayosd believes a
// framer only what passes these checks: a framer reads a guest's bytes, and may be in its hands.

import type { ErrorBody } from '../../contracts/errors.ts';
import type { InputRequest } from '../../input/index.ts';
import {
  type Check,
  type Forms,
  isAnyOf,
  isBoolean,
  isInteger,
  isNumber,
  isOneOf,
  isText,
} from '../forms.ts';

/** How a framer is told what it is for: one JSON argument. */
export type FramerConfig = {
  /** The socket on which the display channel comes. */
  readonly channelFd: number;
  /** Whom to become when started as root; numbers, so that nothing has to be looked up. */
  readonly uid?: number;
  readonly gid?: number;
};

/** The parts of an upgrade request that a WebSocket's handshake needs. Cookies stay in rayosd. */
export const handshakeHeaders = [
  'upgrade',
  'connection',
  'sec-websocket-key',
  'sec-websocket-version',
  'sec-websocket-protocol',
] as const;
export type HandshakeHeaders = { readonly [K in (typeof handshakeHeaders)[number]]?: string };

/** rayosd → framer. `show` is the first, sent when the display channel is in its socket. `viewer` comes with the socket; `rest` is what was read from it already, base64; viewers of one `party` are one person's. Screens are numbered from 0: `head`. */
export type ToFramer =
  | { readonly type: 'show'; readonly guest: string; readonly touch: boolean }
  | {
      readonly type: 'viewer';
      readonly viewer: string;
      readonly head: number;
      readonly party: string;
      readonly rest: string;
      readonly headers: HandshakeHeaders;
    }
  /** The person has signed out. */
  | { readonly type: 'end-party'; readonly party: string }
  | {
      readonly type: 'input';
      readonly id: number;
      readonly head: number;
      readonly request: InputRequest;
    }
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'screenshot'; readonly id: number; readonly head: number }
  | { readonly type: 'ping'; readonly id: number }
  | { readonly type: 'hide' };

/**
 * Largest PNG of a screenshot: any picture of 3840x2160 (25 MB of noise) or 5120x2880 (44 MB), and what
 * desktops show at 7680x4320. rayosd has it in its memory.
 */
export const maxPngBytes = 64 << 20;
/** A screenshot goes in parts of so many bytes: a whole one, base64 in JSON, would be a framer's whole heap. */
export const pngPartBytes = 192 << 10;

/** Framer → rayosd. Messages with an id answer a request. */
export type FromFramer =
  | {
      readonly type: 'scanout';
      readonly head: number;
      readonly width: number;
      readonly height: number;
      readonly path: 'map' | 'message';
    }
  | {
      readonly type: 'idle';
      readonly head: number;
      readonly reason: 'no-scanout' | 'refused';
      readonly detail: string;
    }
  /** Reads so far that found a change: after the first one, and at most once a second. */
  | { readonly type: 'frame'; readonly head: number; readonly framesRead: number }
  | { readonly type: 'viewer-joined'; readonly viewer: string }
  | { readonly type: 'viewer-stalled'; readonly viewer: string }
  | { readonly type: 'viewer-left'; readonly viewer: string }
  /** This viewer's person has the keyboard now. */
  | { readonly type: 'held'; readonly viewer: string }
  /** What a screen should become, after the window of whoever has the keyboard. */
  | {
      readonly type: 'room';
      readonly head: number;
      readonly width: number;
      readonly height: number;
      readonly scalePercent: number;
    }
  | { readonly type: 'input-sent'; readonly kind: string; readonly count: number }
  | { readonly type: 'input-released'; readonly keys: number }
  | { readonly type: 'input-refused'; readonly reason: string }
  | { readonly type: 'input-done'; readonly id: number; readonly events: number }
  | {
      readonly type: 'screenshot-done';
      readonly id: number;
      readonly width: number;
      readonly height: number;
      /** Of the PNG, whose parts came before. */
      readonly sizeBytes: number;
    }
  /** The next bytes of a screenshot's PNG, base64. */
  | { readonly type: 'screenshot-part'; readonly id: number; readonly png: string }
  | { readonly type: 'failed'; readonly id: number; readonly error: ErrorBody }
  | { readonly type: 'pong'; readonly id: number }
  /** The display has ended: the last message. */
  | { readonly type: 'closed'; readonly reason: string };

const isId = isInteger(0, Number.MAX_SAFE_INTEGER);
const isCount = isId;
/** More screens of one guest than this are not shown. */
export const maxHeads = 4;
const isHead = isInteger(0, maxHeads - 1);
const isSize = isInteger(1, 0xffff);
const isRoomSize = isInteger(200, 8192);
const isName = isText(80, /^[A-Za-z0-9._-]+$/);
const isWords = isText(500);
const isPlace = isNumber(0, 65_535);
const maxDetails = 8;

const requests = {
  type: { text: isText(10_000) },
  press: { keys: isText(100) },
  mouse: { x: isPlace, y: isPlace },
  click: {
    'x?': isPlace,
    'y?': isPlace,
    'button?': isAnyOf('left', 'middle', 'right'),
    'count?': isInteger(1, 3),
  },
} as const satisfies Record<InputRequest['kind'], Forms[string]>;

const isRequest: Check = (value) => {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, ...fields } = value as Readonly<Record<string, unknown>>;
  return isOneOf(requests, { ...fields, type: kind });
};

const isDetail: Check = (value) =>
  isWords(value) || typeof value === 'boolean' || typeof value === 'number';
const isDetails: Check = (value) =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.keys(value).length <= maxDetails &&
  Object.entries(value).every(([name, detail]) => isText(40)(name) && isDetail(detail));
const error = { code: isText(40), message: isWords, next: isWords, details: isDetails };
const isError: Check = (value) => isOneOf({ error }, { ...(value as object), type: 'error' });
const isHeaders: Check = (value) =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(value).every(
    ([name, text]) => isAnyOf(...handshakeHeaders)(name) && isText(1000)(text),
  );

const toFramer = {
  show: { guest: isName, touch: isBoolean },
  viewer: {
    viewer: isName,
    head: isHead,
    party: isName,
    rest: isText(1 << 20),
    headers: isHeaders,
  },
  'end-party': { party: isName },
  input: { id: isId, head: isHead, request: isRequest },
  cancel: { id: isId },
  screenshot: { id: isId, head: isHead },
  ping: { id: isId },
  hide: {},
} as const satisfies Record<ToFramer['type'], Forms[string]>;

const fromFramer = {
  scanout: { head: isHead, width: isSize, height: isSize, path: isAnyOf('map', 'message') },
  idle: { head: isHead, reason: isAnyOf('no-scanout', 'refused'), detail: isWords },
  frame: { head: isHead, framesRead: isCount },
  'viewer-joined': { viewer: isName },
  'viewer-stalled': { viewer: isName },
  'viewer-left': { viewer: isName },
  held: { viewer: isName },
  room: {
    head: isHead,
    width: isRoomSize,
    height: isRoomSize,
    scalePercent: isInteger(50, 400),
  },
  'input-sent': { kind: isAnyOf('key', 'button', 'pointer'), count: isCount },
  'input-released': { keys: isCount },
  'input-refused': { reason: isWords },
  'input-done': { id: isId, events: isCount },
  'screenshot-done': {
    id: isId,
    width: isSize,
    height: isSize,
    sizeBytes: isInteger(1, maxPngBytes),
  },
  'screenshot-part': { id: isId, png: isText(Math.ceil(pngPartBytes / 3) * 4) },
  failed: { id: isId, error: isError },
  pong: { id: isId },
  closed: { reason: isWords },
} as const satisfies Record<FromFramer['type'], Forms[string]>;

export function isToFramer(value: unknown): value is ToFramer {
  return isOneOf(toFramer, value);
}

export function isFromFramer(value: unknown): value is FromFramer {
  return isOneOf(fromFramer, value);
}

/** An error that fits into a message. */
export function fitting({ code, message, next, details }: ErrorBody): ErrorBody {
  const short = Object.entries(details)
    .slice(0, maxDetails)
    .map(([name, value]) => [name, typeof value === 'string' ? words(value) : value]);
  return { code, message: words(message), next: words(next), details: Object.fromEntries(short) };
}

/** Words that fit into a message. */
export function words(text: string): string {
  return text.slice(0, 500);
}
