// A drag with the pointer: from press to release, whatever lies under it, once a frame at most.

type Drag = {
  /** Called at the press; returns what to do with each distance from it, or nothing for no drag. */
  readonly begin: (event: PointerEvent) => ((dx: number, dy: number) => void) | undefined;
};

/** Makes an element draggable. The listeners go with the element. */
export function dragging(element: HTMLElement, { begin }: Drag): void {
  element.addEventListener('pointerdown', (press) => {
    if (press.button !== 0 || !press.isPrimary) return;
    const to = begin(press);
    if (!to) return;
    const ending = new AbortController();
    const { signal } = ending;
    element.setPointerCapture(press.pointerId);
    element.addEventListener(
      'pointermove',
      (move) => to(move.clientX - press.clientX, move.clientY - press.clientY),
      { signal },
    );
    for (const type of ['pointerup', 'pointercancel', 'lostpointercapture'])
      element.addEventListener(type, () => ending.abort(), { signal });
  });
}
