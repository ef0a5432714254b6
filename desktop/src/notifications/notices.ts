// The notices that are on the screen now, and those that were. Errors stay until they are closed; the
// rest go by themselves. What the settings keep quiet is only in the history.

import { type Accessor, createSignal } from 'solid-js';
import { settings } from '../settings/settings.ts';
import type { Notice } from './notice.ts';

/** What can be done about a notice. */
export type Offer = {
  readonly label: string;
  readonly act: () => void;
  /** False once there is nothing to do any more. */
  readonly useful: () => boolean;
};
export type Shown = Notice & {
  readonly id: number;
  readonly time: Date;
  readonly offer: Offer | undefined;
};

export type Notices = {
  readonly shown: Accessor<readonly Shown[]>;
  /** Everything since this page was opened, newest first. */
  readonly history: Accessor<readonly Shown[]>;
  /** How many came since the history was looked at. */
  readonly unseen: Accessor<number>;
  readonly seen: () => void;
  readonly clear: () => void;
  readonly add: (notice: Notice, offer?: Offer) => void;
  readonly close: (id: number) => void;
  /** Keeps a notice while the pointer or the focus is on it. */
  readonly hold: (id: number) => void;
  readonly release: (id: number) => void;
};

const stayMs = 6000;
const mostShown = 4;
const mostKept = 100;

export function createNotices(): Notices {
  const [shown, setShown] = createSignal<readonly Shown[]>([]);
  const [history, setHistory] = createSignal<readonly Shown[]>([]);
  const [unseen, setUnseen] = createSignal(0);
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
    history,
    unseen,
    seen: () => setUnseen(0),
    clear: () => setHistory([]),
    close,
    release,
    hold: (id) => clearTimeout(timers.get(id)),
    add: (notice, offer) => {
      const id = nextId++;
      const entry = { ...notice, id, time: new Date(), offer };
      setHistory((all) => [entry, ...all].slice(0, mostKept));
      setUnseen((count) => Math.min(99, count + 1));
      if (!isWanted(notice.tone)) return;
      setShown((all) => [...all.filter((n) => n.key !== notice.key), entry].slice(-mostShown));
      release(id);
    },
  };
}

function isWanted(tone: Notice['tone']): boolean {
  const { notifications } = settings();
  if (notifications === 'problems') return tone === 'warning' || tone === 'error';
  return notifications === 'all';
}
