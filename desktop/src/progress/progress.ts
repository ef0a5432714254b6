// Long work under way: what RayOS tells of it, and what this page does itself, such as sending a file.

import { type Accessor, createSignal } from 'solid-js';
import type { DesktopEvent } from '../../../src/contracts/index.ts';

export type Work = {
  readonly id: string;
  readonly what: string;
  readonly step: string;
  readonly fraction?: number | undefined;
};

type Told = Extract<DesktopEvent, { type: 'progress' }>;

export type WorkList = {
  readonly all: Accessor<readonly Work[]>;
  readonly heard: (event: Told) => void;
  readonly set: (work: Work) => void;
  readonly end: (id: string) => void;
  /** After a gap in the events: what was under way may have ended unheard. */
  readonly forget: () => void;
};

const most = 5;
const ours = 'here:';

/** An id for work of this page. */
export function ownWork(): string {
  return ours + crypto.randomUUID();
}

export function createWorkList(): WorkList {
  const [all, setAll] = createSignal<readonly Work[]>([]);
  const end = (id: string) => setAll((list) => list.filter((work) => work.id !== id));
  const set = (work: Work) =>
    setAll((list) => {
      const at = list.findIndex((w) => w.id === work.id);
      return at < 0 ? [...list, work].slice(-most) : list.with(at, work);
    });
  return {
    all,
    set,
    end,
    heard: ({ id, what, step, fraction, done }) =>
      done ? end(id) : set({ id, what, step, fraction }),
    forget: () => setAll((list) => list.filter((work) => work.id.startsWith(ours))),
  };
}
