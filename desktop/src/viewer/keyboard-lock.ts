// In full screen, Alt+Tab, Super and Escape go to the guest, where the browser has the Keyboard Lock API
// (Chromium). Holding Escape leaves full screen in any case: that is the browser's own rule.

type LockingNavigator = { readonly keyboard?: { lock(): Promise<void>; unlock(): void } };

/** Keeps the keyboard locked while `host` has the focus in full screen, until the signal aborts. */
export function lockKeyboard(host: HTMLElement, signal: AbortSignal): void {
  const { keyboard } = navigator as LockingNavigator;
  if (keyboard === undefined) return;
  const look = () => {
    const isWanted = document.fullscreenElement !== null && document.activeElement === host;
    if (isWanted) keyboard.lock().catch(() => {});
    else keyboard.unlock();
  };
  host.addEventListener('focus', look, { signal });
  host.addEventListener('blur', look, { signal });
  document.addEventListener('fullscreenchange', look, { signal });
  signal.addEventListener('abort', () => keyboard.unlock(), { once: true });
}
