// Where the desktop is, in words: for `rayos status` and for the machine's own console.

import type { Status } from '../../contracts/index.ts';

/** How the machine's own display is; without one the desktop is in a browser. */
export function displayWords(display: Status['display']): string {
  if (display === undefined) return 'in a browser';
  const { state, output = "this machine's display", reason = '' } = display;
  if (state === 'shown') return `on ${output}: Ctrl+Alt+F7 shows it, Ctrl+Alt+F1 the text console`;
  if (state === 'lost') return `was lost (${reasonWords(reason)}) and is being started again`;
  if (state === 'console') return consoleWords(reason);
  return "is being started on this machine's display";
}

function consoleWords(reason: string): string {
  const words = reasonWords(reason);
  return reason.startsWith('no-')
    ? `not shown: ${words}; it comes when there is one`
    : `given up: ${words}; Ctrl+Alt+F7 tries it again`;
}

function reasonWords(reason: string): string {
  return (
    {
      'no-graphics-card': 'this machine has no graphics card that Linux knows',
      'no-screen': 'no screen is connected',
      'browser-missing': 'there is no browser in this system',
      'page-crashed': 'its page crashed',
      'page-does-not-draw': 'its page did not draw anything',
    }[reason] ?? reason.replaceAll('-', ' ')
  );
}
