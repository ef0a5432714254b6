// Full screen, where the browser also hands over most of the keys that it keeps in a window.

type KeyboardLock = { lock?: () => Promise<void>; unlock?: () => void };
const keyboard = (navigator as Navigator & { keyboard?: KeyboardLock }).keyboard;

export const fullScreenIsPossible = document.fullscreenEnabled;

/** Goes to full screen or back. */
export function toggleFullScreen(): Promise<void> {
  return document.fullscreenElement ? leaveFullScreen() : enterFullScreen();
}

/** With the lock, Alt+Tab and Ctrl+W reach the guest; Esc held long leaves. */
export async function enterFullScreen(): Promise<void> {
  if (document.fullscreenElement || !fullScreenIsPossible) return;
  try {
    await document.documentElement.requestFullscreen();
    await keyboard?.lock?.();
  } catch {
    // Refused without a press, or outside a secure context: the page itself is still worth having.
  }
}

export async function leaveFullScreen(): Promise<void> {
  keyboard?.unlock?.();
  if (document.fullscreenElement) await document.exitFullscreen().catch(() => undefined);
}
