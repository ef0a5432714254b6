// A viewer's messages as gestures. One translator for each viewer: a wheel turns in fractions.

import type { ViewerMessage } from '../contracts/viewer-protocol.ts';
import { buttonClick, buttons, type Gesture } from './events.ts';
import { qnumOf } from './keymap.ts';

export class ViewerInput {
  #up = 0;
  #right = 0;
  #dx = 0;
  #dy = 0;

  /** The gestures of one message; none for a message that is not input, or a key that a PC lacks. */
  gesturesOf(message: ViewerMessage): Gesture[] {
    switch (message.type) {
      case 'key': {
        const qnum = qnumOf(message.code);
        return qnum === undefined ? [] : [[{ kind: 'key', qnum, down: message.down }]];
      }
      case 'pointer':
        return [[{ kind: 'pointer', x: message.x, y: message.y }]];
      case 'button':
        return [[{ kind: 'button', button: buttons[message.button], down: message.down }]];
      case 'motion':
        return this.#move(message.dx, message.dy);
      case 'touch': {
        const { phase, slot, x, y } = message;
        return [[{ kind: 'touch', phase, slot, x, y }]];
      }
      case 'wheel':
        return this.#turn(message.up, message.right);
      default:
        return [];
    }
  }

  /** Whole units so far, as for the wheel. */
  #move(dx: number, dy: number): Gesture[] {
    this.#dx += dx;
    this.#dy += dy;
    const [x, y] = [Math.trunc(this.#dx), Math.trunc(this.#dy)];
    this.#dx -= x;
    this.#dy -= y;
    return x === 0 && y === 0 ? [] : [[{ kind: 'motion', dx: x, dy: y }]];
  }

  /** Whole notches so far; what is left over waits for the next turn. */
  #turn(up: number, right: number): Gesture[] {
    this.#up += up;
    this.#right += right;
    const rows = Math.trunc(this.#up);
    const columns = Math.trunc(this.#right);
    this.#up -= rows;
    this.#right -= columns;
    return [
      ...notches(rows, buttons.wheelUp, buttons.wheelDown),
      ...notches(columns, buttons.wheelRight, buttons.wheelLeft),
    ];
  }
}

function notches(count: number, positive: number, negative: number): Gesture[] {
  const button = count > 0 ? positive : negative;
  return Array.from({ length: Math.abs(count) }, () => buttonClick(button));
}
