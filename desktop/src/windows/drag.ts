// A drag with the pointer: from press to release, whatever lies under it, once a frame at most.

export type Motion = {
  /** Each move, as a distance from the press. */
  readonly to: (dx: number, dy: number, at: PointerEvent) => void;
  /** The release; `cancelled` when the drag was taken away, or Escape was pressed. */
  readonly end?: (cancelled: boolean) => void;
};

type Drag = {
  /** Called at the press; returns what to do with the drag, or nothing for none. */
  readonly begin: (event: PointerEvent) => Motion | undefined;
};

/** Makes an element draggable. The listeners go with the element. */
export function dragging(element: HTMLElement, { begin }: Drag): void {
  element.addEventListener('pointerdown', (press) => {
    if (press.button !== 0 || !press.isPrimary) return;
    const motion = begin(press);
    if (!motion) return;
    const ending = new AbortController();
    const { signal } = ending;
    const finish = (cancelled: boolean) => {
      if (signal.aborted) return;
      ending.abort();
      motion.end?.(cancelled);
    };
    element.setPointerCapture(press.pointerId);
    element.addEventListener(
      'pointermove',
      (move) => motion.to(move.clientX - press.clientX, move.clientY - press.clientY, move),
      { signal },
    );
    element.addEventListener('pointerup', () => finish(false), { signal });
    for (const type of ['pointercancel', 'lostpointercapture'])
      element.addEventListener(type, () => finish(true), { signal });
    document.addEventListener(
      'keydown',
      (event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        finish(true);
      },
      { signal, capture: true },
    );
  });
}
