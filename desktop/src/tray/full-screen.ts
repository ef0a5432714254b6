// Full screen, where the browser also hands over most of the keys that it keeps in a window.

type KeyboardLock = { lock?: () => Promise<void>; unlock?: () => void };
const keyboard = (navigator as Navigator & { keyboard?: KeyboardLock }).keyboard;

export const fullScreenIsPossible = document.fullscreenEnabled;

/** Goes to full screen or back. With the lock, Alt+Tab and Ctrl+W reach the guest; Esc held long leaves. */
export async function toggleFullScreen(): Promise<void> {
  if (document.fullscreenElement) {
    keyboard?.unlock?.();
    await document.exitFullscreen();
    return;
  }
  await document.documentElement.requestFullscreen();
  // Refused outside secure contexts: full screen is still worth having.
  await keyboard?.lock?.().catch(() => undefined);
}
