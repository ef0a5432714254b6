// What viewers say, read strictly: outside bytes.

import {
  maxScanoutSize,
  thumbnailWidths,
  type ViewerMessage,
} from '../../contracts/viewer-protocol.ts';
import {
  type Forms,
  isAnyOf,
  isBoolean,
  isInteger,
  isListOf,
  isNumber,
  isOneOf,
  isText,
} from '../forms.ts';

/** Longest message that a viewer may send, in bytes. */
export const maxMessageBytes = 4096;

const isCoordinate = isNumber(-65_535, 65_535);
/** Of a mouse, in one message. */
const isMotion = isNumber(-4096, 4096);
/** Notches in one message. */
const isTurn = isNumber(-32, 32);

const forms = {
  drawn: { frame: isInteger(0, 0xffffffff), 'busyMs?': isNumber(0, 60_000) },
  key: { code: isText(32, /^[A-Za-z0-9]+$/), down: isBoolean },
  pointer: { x: isCoordinate, y: isCoordinate },
  motion: { dx: isMotion, dy: isMotion },
  button: { button: isAnyOf('left', 'middle', 'right', 'side', 'extra'), down: isBoolean },
  wheel: { up: isTurn, right: isTurn },
  blur: {},
  hello: {
    encodings: isListOf(isAnyOf('raw', 'solid', 'deflate', 'jpeg', 'webp'), 16),
    quality: isAnyOf('auto', 'lossless', 'saving'),
    name: isText(80),
    'thumbnail?': isInteger(thumbnailWidths.least, thumbnailWidths.most),
  },
  room: {
    width: isInteger(1, maxScanoutSize),
    height: isInteger(1, maxScanoutSize),
    scalePercent: isInteger(50, 400),
  },
  hold: {},
  locks: { caps: isBoolean, num: isBoolean },
  touch: {
    phase: isAnyOf('begin', 'update', 'end', 'cancel'),
    slot: isInteger(0, 9),
    x: isCoordinate,
    y: isCoordinate,
  },
  sound: { on: isBoolean },
} as const satisfies Record<ViewerMessage['type'], Forms[string]>;

/** The message, or undefined when `text` is none of the protocol's. Never throws. */
export function parseViewerMessage(text: string): ViewerMessage | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isOneOf(forms, value) ? (value as ViewerMessage) : undefined;
  } catch {
    return undefined;
  }
}
