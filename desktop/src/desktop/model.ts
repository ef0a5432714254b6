// The desktop's state in one place: what the daemon said, what is on the screen, and what can be done.

import { createContext, createSignal, useContext } from 'solid-js';
import { createStore, reconcile } from 'solid-js/store';
import type {
  DesktopEvent,
  ErrorBody,
  Guest,
  MarkerRecord,
  Surface,
} from '../../../src/contracts/index.ts';
import { createRunner } from '../api/runner.ts';
import { sentence } from '../api/sentence.ts';
import { createClipboard } from '../clipboard/clipboard.ts';
import { createConsent } from '../consent/consent.ts';
import { openLink } from '../events/link.ts';
import { tell } from '../intent-bar/outcome.ts';
import { noticeFor } from '../notifications/notice.ts';
import { createNotices } from '../notifications/notices.ts';
import { createPages, pageOf, pageTitle } from '../pages/pages.ts';
import { createWorkList } from '../progress/progress.ts';
import type { SessionModel } from '../session/session.ts';
import { settings, textScale } from '../settings/settings.ts';
import { createWindows, pagePrefix } from '../windows/windows.ts';

type World = { guests: readonly Guest[]; surfaces: readonly Surface[] };
export type Dialog =
  | { readonly kind: 'intent'; readonly text: string }
  | { readonly kind: 'keys' }
  /** `held`: opened by a chord whose Ctrl is still down. */
  | { readonly kind: 'switcher'; readonly held: boolean };

/** Commands that need nothing but a guest, and whose answer is the guest. */
export type GuestAct =
  | 'guest.present'
  | 'guest.hide'
  | 'guest.start'
  | 'guest.stop'
  | 'guest.kill'
  | 'guest.pause'
  | 'guest.resume'
  | 'guest.suspend';

const keptMarkers = 40;
const followed: MarkerRecord['name'] = 'GUEST:DISPLAY_FOLLOWED';

export type DesktopModel = ReturnType<typeof createDesktop>;

export function createDesktop(session: SessionModel) {
  const [world, setWorld] = createStore<World>({ guests: [], surfaces: [] });
  const [known, setKnown] = createSignal(false);
  const [markers, setMarkers] = createSignal<readonly MarkerRecord[]>([]);
  const [dialog, setDialog] = createSignal<Dialog>();
  const [followers, setFollowers] = createSignal<ReadonlySet<string>>(new Set());
  const notices = createNotices();
  const consent = createConsent();
  const runner = createRunner(consent, session.expired);
  const windows = createWindows(textScale, () => settings().followWindow);
  const pages = createPages(windows);
  const work = createWorkList();
  const clipboard = createClipboard();

  const heard = (event: DesktopEvent) => {
    if (event.type === 'state') {
      setWorld('guests', reconcile(event.guests, { key: 'id' }));
      setWorld('surfaces', reconcile(event.surfaces, { key: 'id' }));
      windows.sync(event.surfaces);
      setKnown(true);
      return;
    }
    if (event.type === 'progress') work.heard(event);
    if (event.type === 'clipboard') void clipboard.heard(event);
    if (event.type !== 'marker') return;
    const { marker } = event;
    if (marker.name === 'GUEST:CHANGED') clipboard.changed(String(marker.arguments.guest));
    if (marker.name === followed)
      setFollowers((all) => all.union(new Set([surfaceNamed(marker.arguments)])));
    setMarkers((all) => [...all, marker].slice(-keptMarkers));
    // The state that explains a marker may come just after it: guests are named from the newest.
    queueMicrotask(() => {
      const notice = noticeFor(marker, world.guests, world.surfaces);
      if (notice) notices.add(notice, offerFor(marker));
    });
  };
  const link = openLink({ event: heard, signedOut: session.expired });

  const surfaceOf = (guest: string) => world.surfaces.find((s) => s.guest === guest)?.id;
  const guestTitle = (guest: string) => world.guests.find((g) => g.name === guest)?.title ?? guest;
  const titleOf = (window: string): string => {
    if (!window.startsWith(pagePrefix)) {
      const surface = world.surfaces.find((s) => s.id === window);
      if (!surface) return window;
      return surface.head === 0 ? surface.title : `${surface.title}, screen ${surface.head + 1}`;
    }
    const page = pages.open().find((p) => p.id === window);
    return page?.kind === 'guest' ? `Page of ${guestTitle(page.rest[0] ?? '')}` : pageTitle(window);
  };
  const show = (guest: string) => {
    const surface = surfaceOf(guest);
    if (surface && windows.get(surface)) windows.enter(surface);
    else void act('guest.present', guest);
  };
  /** What can be done about a notice, on a button of it. */
  const offerFor = ({ name, arguments: args }: MarkerRecord) => {
    const guest = String(args.guest ?? '');
    if (name === 'GUEST:READY')
      return { label: 'Show', act: () => show(guest), useful: () => !surfaceOf(guest) };
    if (['GUEST:FAILED', 'GUEST:HUNG', 'GUEST:DISK_FULL', 'GUEST:PANICKED'].includes(name))
      return {
        label: 'Its page',
        act: () => pages.show(`#/guest/${guest}`),
        useful: () => world.guests.some((g) => g.name === guest),
      };
    return undefined;
  };
  const refused = (key: string, error: ErrorBody) =>
    notices.add({ key, tone: 'error', title: sentence(error.message), text: error.next });

  /** Runs a command for a guest and tells what came of it. */
  const act = async (command: GuestAct, guest: string): Promise<void> => {
    const outcome = await runner.run(command, { guest });
    const key = `guest:${guest}`;
    if (outcome.kind === 'failed') refused(key, outcome.error);
    if (outcome.kind !== 'done') return;
    if (command === 'guest.present') {
      const surface = (outcome.result as { surface?: string }).surface ?? surfaceOf(guest);
      if (surface) windows.enter(surface);
    } else if (command === 'guest.hide') {
      const { title } = outcome.result as Guest;
      const text = 'It runs on. The dock shows it again.';
      notices.add({ key, tone: 'info', title: `${title} is hidden`, text });
    } else if (command !== 'guest.kill' && command !== 'guest.stop')
      notices.add({ key, tone: 'info', title: tell(command, outcome.result as never).sentence });
  };
  return {
    world,
    /** False until the daemon has told its state for the first time. */
    known,
    markers,
    /** Whether the guest has been seen to take the size of this window: it has no size of its own then. */
    follows: (surface: string) => followers().has(surface),
    link,
    notices,
    consent,
    run: runner.run,
    busy: runner.busy,
    windows,
    session,
    dialog,
    setDialog,
    act,
    /** Brings a guest's window to the front with the keyboard in it; presents it if there is none. */
    show,
    surfaceOf,
    guestTitle,
    titleOf,
    pages,
    work,
    clipboard,
    /** The guest that the front window shows or tells of. */
    frontGuest: (): string | undefined => {
      const front = windows.front() ?? '';
      const page = pages.open().find((p) => p.id === front);
      if (page) return page.kind === 'guest' ? page.rest[0] : undefined;
      return world.surfaces.find((s) => s.id === front)?.guest;
    },
    /** Opens a page by its address. */
    open: (address: string) => {
      if (pageOf(address)) pages.show(address);
    },
  };
}

function surfaceNamed({ guest, head }: MarkerRecord['arguments']): string {
  return `${guest}.${head}`;
}

const Context = createContext<DesktopModel>();
export const DesktopProvider = Context.Provider;

/** The desktop that this component is part of. */
export function useDesktop(): DesktopModel {
  const model = useContext(Context);
  if (!model) throw new Error('this component belongs inside the desktop');
  return model;
}
