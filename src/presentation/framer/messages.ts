// What viewers say, read strictly: outside bytes.

import type { ViewerMessage } from '../../contracts/viewer-protocol.ts';
import { type Forms, isAnyOf, isBoolean, isInteger, isNumber, isOneOf, isText } from '../forms.ts';

/** Longest message that a viewer may send, in bytes. */
export const maxMessageBytes = 4096;

const isCoordinate = isNumber(-65_535, 65_535);
/** Notches in one message. */
const isTurn = isNumber(-32, 32);

const forms = {
  drawn: { frame: isInteger(0, 0xffffffff) },
  key: { code: isText(32, /^[A-Za-z0-9]+$/), down: isBoolean },
  pointer: { x: isCoordinate, y: isCoordinate },
  button: { button: isAnyOf('left', 'middle', 'right', 'side', 'extra'), down: isBoolean },
  wheel: { up: isTurn, right: isTurn },
  blur: {},
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
