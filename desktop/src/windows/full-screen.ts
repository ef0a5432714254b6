// One window over the whole screen. The browser's full screen is asked for; where it is refused, the
// window still fills the page.

import { enterFullScreen, leaveFullScreen } from '../tray/full-screen.ts';
import type { Windows } from './windows.ts';

/** Fills the screen with the window, or gives it back. */
export function toggleWindowFullScreen(windows: Windows, id: string): void {
  if (windows.full() === id) {
    windows.setFull(undefined);
    void leaveFullScreen();
    return;
  }
  windows.setFull(id);
  void enterFullScreen();
  windows.enter(id);
}

/** When the person leaves the browser's full screen, the window goes back to its place. */
export function followFullScreen(windows: Windows, signal: AbortSignal): void {
  document.addEventListener(
    'fullscreenchange',
    () => {
      if (!document.fullscreenElement) windows.setFull(undefined);
    },
    { signal },
  );
}
