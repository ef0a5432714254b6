// The desktop's state in one place: what the daemon said, what is on the screen, and what can be done.

import { createContext, createSignal, useContext } from 'solid-js';
import { createStore, reconcile } from 'solid-js/store';
import type { DesktopEvent, Guest, MarkerRecord, Surface } from '../../../src/contracts/index.ts';
import { createRunner } from '../api/runner.ts';
import { sentence } from '../api/sentence.ts';
import { createConsent } from '../consent/consent.ts';
import { openLink } from '../events/link.ts';
import { tell } from '../intent-bar/outcome.ts';
import { noticeFor } from '../notifications/notice.ts';
import { createNotices } from '../notifications/notices.ts';
import type { SessionModel } from '../session/session.ts';
import { createWindows } from '../windows/windows.ts';

type World = { guests: readonly Guest[]; surfaces: readonly Surface[] };
export type Dialog =
  | { readonly kind: 'intent'; readonly text: string }
  | { readonly kind: 'keys' }
  | { readonly kind: 'guest'; readonly guest: string };

const keptMarkers = 40;

export type DesktopModel = ReturnType<typeof createDesktop>;

export function createDesktop(session: SessionModel) {
  const [world, setWorld] = createStore<World>({ guests: [], surfaces: [] });
  const [known, setKnown] = createSignal(false);
  const [markers, setMarkers] = createSignal<readonly MarkerRecord[]>([]);
  const [dialog, setDialog] = createSignal<Dialog>();
  const notices = createNotices();
  const consent = createConsent();
  const runner = createRunner(consent, session.expired);
  const windows = createWindows();

  const heard = (event: DesktopEvent) => {
    if (event.type === 'state') {
      setWorld('guests', reconcile(event.guests, { key: 'id' }));
      setWorld('surfaces', reconcile(event.surfaces, { key: 'id' }));
      windows.sync(event.surfaces);
      setKnown(true);
      return;
    }
    if (event.type !== 'marker') return;
    const { marker } = event;
    setMarkers((all) => [...all, marker].slice(-keptMarkers));
    // The state that explains a marker may come just after it: guests are named from the newest.
    queueMicrotask(() => {
      const notice = noticeFor(marker, world.guests, world.surfaces);
      if (notice) notices.add(notice);
    });
  };
  const link = openLink({ event: heard, signedOut: session.expired });

  const surfaceOf = (guest: string) => world.surfaces.find((s) => s.guest === guest)?.id;

  /** Runs a command for a guest and tells what came of it. */
  const act = async (
    command: 'guest.present' | 'guest.hide' | 'guest.start' | 'guest.stop' | 'guest.kill',
    guest: string,
  ) => {
    const outcome = await runner.run(command, { guest });
    const key = `guest:${guest}`;
    if (outcome.kind === 'failed')
      notices.add({
        key,
        tone: 'error',
        title: sentence(outcome.error.message),
        text: outcome.error.next,
      });
    if (outcome.kind !== 'done') return;
    if (command === 'guest.present') {
      const surface = (outcome.result as { surface?: string }).surface ?? surfaceOf(guest);
      if (surface) windows.enter(surface);
    } else if (command === 'guest.hide') {
      const { title } = outcome.result as Guest;
      const text = 'It runs on. The dock shows it again.';
      notices.add({ key, tone: 'info', title: `${title} is hidden`, text });
    } else if (command === 'guest.start')
      notices.add({ key, tone: 'info', title: tell(command, outcome.result as Guest).sentence });
  };

  return {
    world,
    /** False until the daemon has told its state for the first time. */
    known,
    markers,
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
    show: (guest: string) => {
      const surface = surfaceOf(guest);
      if (surface && windows.get(surface)) windows.enter(surface);
      else void act('guest.present', guest);
    },
    surfaceOf,
  };
}

const Context = createContext<DesktopModel>();
export const DesktopProvider = Context.Provider;

/** The desktop that this component is part of. */
export function useDesktop(): DesktopModel {
  const model = useContext(Context);
  if (!model) throw new Error('this component belongs inside the desktop');
  return model;
}
