// Buttons and wheel as the guest knows them. Buttons come from the `buttons` bit mask of every pointer
// event, because a second button pressed while one is held sends no `pointerdown`.

export type Button = 'left' | 'middle' | 'right' | 'side' | 'extra';
export type ButtonChange = { readonly button: Button; readonly down: boolean };

const bits: readonly (readonly [number, Button])[] = [
  [1, 'left'],
  [2, 'right'],
  [4, 'middle'],
  [8, 'side'],
  [16, 'extra'],
];

/** What changed between two `buttons` masks: releases first, then presses. */
export function buttonChanges(before: number, after: number): ButtonChange[] {
  const changed = bits.filter(([bit]) => ((before ^ after) & bit) !== 0);
  return changed
    .map(([bit, button]) => ({ button, down: (after & bit) !== 0 }))
    .sort((a, b) => Number(a.down) - Number(b.down));
}

type WheelDelta = { readonly deltaX: number; readonly deltaY: number; readonly deltaMode: number };

/** Pixels, lines and pages for one notch of a wheel; by WheelEvent.deltaMode. */
const perNotch: readonly number[] = [100, 3, 1];
const mostNotches = 10;

/** Units in one notch: in pixels it is 100 in Firefox and Chromium on Linux, 120 elsewhere. */
function notch(delta: number, deltaMode: number): number {
  return deltaMode === 0 && delta % 120 === 0 ? 120 : (perNotch[deltaMode] ?? 100);
}

/** Turns the browser's deltas, in whatever unit, into whole notches; touchpads add up. */
export class WheelNotches {
  #up = 0;
  #right = 0;

  /** Notches since the last call that gave any: up and right are positive. */
  turn(event: WheelDelta): { up: number; right: number } | undefined {
    this.#up = add(this.#up, -event.deltaY / notch(event.deltaY, event.deltaMode));
    this.#right = add(this.#right, event.deltaX / notch(event.deltaX, event.deltaMode));
    const up = whole(this.#up);
    const right = whole(this.#right);
    if (up === 0 && right === 0) return undefined;
    this.#up -= up;
    this.#right -= right;
    return { up: bounded(up), right: bounded(right) };
  }
}

/** A change of direction starts anew: half a notch down is no debt to the notch up. */
function add(sum: number, delta: number): number {
  return sum * delta < 0 ? delta : sum + delta;
}

/** Whole notches in a sum; a hundredth is rounding. Never -0. */
function whole(sum: number): number {
  return Math.trunc(sum + Math.sign(sum) * 0.01) + 0;
}

function bounded(notches: number): number {
  return Math.max(-mostNotches, Math.min(mostNotches, notches));
}
