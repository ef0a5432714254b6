// The notices that are on the screen now. Errors stay until they are closed; the rest go by themselves.

import { type Accessor, createSignal } from 'solid-js';
import type { Notice } from './notice.ts';

export type Shown = Notice & { readonly id: number };

export type Notices = {
  readonly shown: Accessor<readonly Shown[]>;
  readonly add: (notice: Notice) => void;
  readonly close: (id: number) => void;
  /** Keeps a notice while the pointer or the focus is on it. */
  readonly hold: (id: number) => void;
  readonly release: (id: number) => void;
};

const stayMs = 6000;
const mostShown = 4;

export function createNotices(): Notices {
  const [shown, setShown] = createSignal<readonly Shown[]>([]);
  const timers = new Map<number, ReturnType<typeof setTimeout>>();
  let nextId = 1;

  const close = (id: number) => {
    clearTimeout(timers.get(id));
    timers.delete(id);
    setShown((all) => all.filter((n) => n.id !== id));
  };
  const release = (id: number) => {
    const notice = shown().find((n) => n.id === id);
    if (!notice || notice.tone === 'error') return;
    clearTimeout(timers.get(id));
    timers.set(id, setTimeout(close, stayMs, id));
  };
  return {
    shown,
    close,
    release,
    hold: (id) => clearTimeout(timers.get(id)),
    add: (notice) => {
      const id = nextId++;
      setShown((all) =>
        [...all.filter((n) => n.key !== notice.key), { ...notice, id }].slice(-mostShown),
      );
      release(id);
    },
  };
}
