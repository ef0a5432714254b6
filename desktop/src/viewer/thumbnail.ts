// A small live picture of a surface, for the dock and the window switcher.

/** How often it is drawn anew. */
const everyMs = 500;

/**
 * Shows `surface` (an id such as `linux-desktop.0`) on a canvas until it is disposed. The canvas takes the
 * thumbnail's size: at most `width` pixels by as many as the guest's shape wants.
 */
export function openThumbnail(surface: string, canvas: HTMLCanvasElement, width = 240): Disposable {
  const draw = () => {
    const live = document.querySelector<HTMLCanvasElement>(
      `[data-surface="${CSS.escape(surface)}"] canvas`,
    );
    if (!live || live.width < 2 || document.hidden) return;
    const height = Math.max(1, Math.round((width * live.height) / live.width));
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    canvas.getContext('2d')?.drawImage(live, 0, 0, width, height);
  };
  draw();
  const timer = setInterval(draw, everyMs);
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
    },
  };
}
