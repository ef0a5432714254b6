// Input that a command asks for, as gestures.

import { gestureOfChord } from './chord.ts';
import { buttonClick, buttons, type Gesture } from './events.ts';
import { gesturesOfText } from './text.ts';

/** What `type`, `press`, `mouse` and `click` send into a guest. x and y are guest pixels. */
export type InputRequest =
  | { readonly kind: 'type'; readonly text: string }
  | { readonly kind: 'press'; readonly keys: string }
  | { readonly kind: 'mouse'; readonly x: number; readonly y: number }
  | {
      readonly kind: 'click';
      readonly x?: number | undefined;
      readonly y?: number | undefined;
      readonly button?: 'left' | 'middle' | 'right' | undefined;
      readonly count?: number | undefined;
    };

/**
 * The gestures of a request, all known before the first is sent. Throws KEY_UNKNOWN for a key or a
 * character that does not exist. A click without x and y is made where the pointer is.
 */
export function gesturesOf(request: InputRequest): Gesture[] {
  switch (request.kind) {
    case 'type':
      return gesturesOfText(request.text);
    case 'press':
      return [gestureOfChord(request.keys)];
    case 'mouse':
      return [[{ kind: 'pointer', x: request.x, y: request.y }]];
    case 'click': {
      const { x, y, button = 'left', count = 1 } = request;
      const clicks = Array.from({ length: count }, () => buttonClick(buttons[button])).flat();
      return x === undefined || y === undefined
        ? [clicks]
        : [[{ kind: 'pointer', x, y }, ...clicks]];
    }
  }
}
