// The time, told once a minute: nothing on the desktop shows seconds.

import { createSignal } from 'solid-js';

const [now, setNow] = createSignal(new Date());

/** The present minute, as a signal. */
export const clock = now;

function next(): void {
  setTimeout(
    () => {
      setNow(new Date());
      next();
    },
    60_050 - (Date.now() % 60_000),
  );
}
next();
