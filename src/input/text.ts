// Text as strokes on a US keyboard.

import { RayError } from '../contracts/errors.ts';
import { type Gesture, type InputEvent, keyStroke } from './events.ts';
import { qnumOf } from './keymap.ts';
import { strokeOf } from './us-layout.ts';

const shift = qnumOf('ShiftLeft') ?? 0;

/**
 * The strokes that type `text`, one gesture a character; a line end (also \r\n) is Enter. Throws
 * KEY_UNKNOWN, naming the character, when there is one that the layout does not have: nothing of the
 * text is typed then.
 */
export function gesturesOfText(text: string): Gesture[] {
  return [...text.replace(/\r\n?/g, '\n')].map((character) => {
    const stroke = strokeOf(character);
    const qnum = stroke && qnumOf(stroke.code);
    if (stroke === undefined || qnum === undefined) {
      throw new RayError(
        'KEY_UNKNOWN',
        `${nameOf(character)} cannot be typed on a US keyboard, so nothing was typed`,
      );
    }
    return stroke.shift ? shifted(keyStroke(qnum)) : keyStroke(qnum);
  });
}

function shifted(gesture: Gesture): Gesture {
  const press: InputEvent = { kind: 'key', qnum: shift, down: true };
  return [press, ...gesture, { ...press, down: false }];
}

function nameOf(character: string): string {
  const point = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  return /\p{C}|\p{Z}/u.test(character) ? `the character ${point}` : `"${character}" (${point})`;
}
