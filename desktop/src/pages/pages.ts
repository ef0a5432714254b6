// The pages of the desktop: each stands in a window of its own and has an address after the #, so that
// it can be linked to. What is open stays open over a reload.

import { createSignal } from 'solid-js';
import type { IconName } from '../icons/icons.tsx';
import type { Size } from '../windows/geometry.ts';
import { pagePrefix, type Windows } from '../windows/windows.ts';

const kinds = {
  guest: { title: 'Guest', icon: 'chart', size: { width: 960, height: 640 } },
  create: { title: 'New guest', icon: 'chip', size: { width: 760, height: 640 } },
  settings: { title: 'Settings', icon: 'settings', size: { width: 720, height: 640 } },
  notifications: { title: 'Notifications', icon: 'bell', size: { width: 560, height: 600 } },
  help: { title: 'Help', icon: 'help', size: { width: 960, height: 660 } },
  start: { title: 'First steps', icon: 'ask', size: { width: 880, height: 620 } },
} as const satisfies Record<string, { title: string; icon: IconName; size: Size }>;

export type PageKind = keyof typeof kinds;

export type Page = {
  /** Its window. */
  readonly id: string;
  readonly kind: PageKind;
  /** What follows the kind in its address: the guest and the section, or the page of the manual. */
  readonly rest: readonly string[];
};

const key = 'rayos.pages';
const mostOpen = 12;

/** The page of an address such as `#/guest/linux-desktop/network`; undefined if there is none. */
export function pageOf(address: string): Page | undefined {
  const [kind = '', ...rest] = address.replace(/^#?\//, '').split('/').map(decode);
  if (!Object.hasOwn(kinds, kind)) return undefined;
  if (kind === 'guest' && !/^[a-z0-9][a-z0-9-]{0,62}$/.test(rest[0] ?? '')) return undefined;
  const id = kind === 'guest' ? `${pagePrefix}guest:${rest[0]}` : `${pagePrefix}${kind}`;
  return { id, kind: kind as PageKind, rest: rest.slice(0, 4).map((part) => part.slice(0, 120)) };
}

export function addressOf({ kind, rest }: Pick<Page, 'kind' | 'rest'>): string {
  return `#/${[kind, ...rest].map(encodeURIComponent).join('/')}`;
}

/** The title of a page's window; a guest's page has its guest's. */
export function pageTitle(id: string): string {
  return kinds[kindOf(id)].title;
}

export function pageIcon(id: string): IconName {
  return kinds[kindOf(id)].icon;
}

export type Pages = ReturnType<typeof createPages>;

export function createPages(windows: Windows) {
  const [open, setOpen] = createSignal<readonly Page[]>([]);
  const keep = (pages: readonly Page[]) => {
    setOpen(pages);
    try {
      localStorage.setItem(key, JSON.stringify(pages.map(addressOf)));
    } catch {
      // A full or forbidden store: the pages close with the tab.
    }
  };
  const put = (page: Page) => {
    const others = open().filter((p) => p.id !== page.id);
    const at = open().findIndex((p) => p.id === page.id);
    keep(at < 0 ? [...others, page].slice(-mostOpen) : open().with(at, page));
    windows.open(page.id, kinds[page.kind].size);
  };
  const show = (address: string) => {
    const page = pageOf(address);
    if (!page) return;
    put(page);
    history.replaceState(null, '', addressOf(page));
    windows.enter(page.id);
  };
  for (const address of remembered()) {
    const page = pageOf(address);
    if (page) put(page);
  }
  return {
    open,
    /** Opens a page, or goes to it, with the focus in it. */
    show,
    close: (id: string) => {
      keep(open().filter((page) => page.id !== id));
      windows.close(id);
      if (pageOf(location.hash)?.id === id) history.replaceState(null, '', location.pathname);
    },
    /** Follows the address of the document: now, and whenever it changes. */
    follow: (signal: AbortSignal) => {
      show(location.hash);
      window.addEventListener('hashchange', () => show(location.hash), { signal });
    },
  };
}

function kindOf(id: string): PageKind {
  const kind = id.slice(pagePrefix.length).split(':')[0] ?? '';
  return Object.hasOwn(kinds, kind) ? (kind as PageKind) : 'help';
}

function remembered(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(kept) ? kept.filter((one) => typeof one === 'string') : [];
  } catch {
    return [];
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
