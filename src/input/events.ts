// Input as QEMU takes it, and the interface of what takes it.

/** Buttons by QEMU's numbers (`InputButton` in its QAPI schema). */
export const buttons = {
  left: 0,
  middle: 1,
  right: 2,
  wheelUp: 3,
  wheelDown: 4,
  side: 5,
  extra: 6,
  wheelLeft: 7,
  wheelRight: 8,
} as const;

/** One change of one key, of one button, or of the pointer's place. x and y are guest pixels. */
export type InputEvent =
  | { readonly kind: 'key'; readonly qnum: number; readonly down: boolean }
  | { readonly kind: 'button'; readonly button: number; readonly down: boolean }
  | { readonly kind: 'pointer'; readonly x: number; readonly y: number };

/** Events that belong together: nothing of anybody else goes between them. Never empty. */
export type Gesture = readonly InputEvent[];

/**
 * What takes input: the display connection of a guest. Each promise resolves when QEMU has taken the
 * event, and rejects when QEMU refused it or is gone.
 */
export type InputSink = {
  readonly keyboard: {
    press(qnum: number): Promise<unknown>;
    release(qnum: number): Promise<unknown>;
  };
  readonly mouse: {
    setAbsPosition(x: number, y: number): Promise<unknown>;
    press(button: number): Promise<unknown>;
    release(button: number): Promise<unknown>;
  };
};

export function keyStroke(qnum: number): Gesture {
  return [
    { kind: 'key', qnum, down: true },
    { kind: 'key', qnum, down: false },
  ];
}

export function buttonClick(button: number): Gesture {
  return [
    { kind: 'button', button, down: true },
    { kind: 'button', button, down: false },
  ];
}
