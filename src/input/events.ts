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

/**
 * One change of one key, of one button, of the pointer's place, or of one finger. x and y are guest pixels;
 * dx and dy are what a mouse was moved by, for guests whose pointer has no places.
 */
export type InputEvent =
  | { readonly kind: 'key'; readonly qnum: number; readonly down: boolean }
  | { readonly kind: 'button'; readonly button: number; readonly down: boolean }
  | { readonly kind: 'pointer'; readonly x: number; readonly y: number }
  | { readonly kind: 'motion'; readonly dx: number; readonly dy: number }
  | {
      readonly kind: 'touch';
      readonly phase: 'begin' | 'update' | 'end' | 'cancel';
      readonly slot: number;
      readonly x: number;
      readonly y: number;
    };

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
    relMotion?(dx: number, dy: number): Promise<unknown>;
    press(button: number): Promise<unknown>;
    release(button: number): Promise<unknown>;
  };
  /** Where the guest has a touch screen. */
  readonly touch?:
    | {
        send(
          phase: 'begin' | 'update' | 'end' | 'cancel',
          slot: number,
          x: number,
          y: number,
        ): Promise<unknown>;
      }
    | undefined;
};

/** One of the guest's screens, as input goes to it. */
export type InputTarget = {
  readonly sink: InputSink;
  /** Size of what it shows, in pixels; undefined while it shows nothing. */
  readonly screen: () => { readonly width: number; readonly height: number } | undefined;
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
