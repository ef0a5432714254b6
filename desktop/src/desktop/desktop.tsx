// The desktop: windows over the wallpaper, the dock below them, notices above.

import {
  createEffect,
  createMemo,
  For,
  type JSX,
  Match,
  on,
  onCleanup,
  onMount,
  Show,
  Switch,
} from 'solid-js';
import { ClipboardQuestion } from '../clipboard/clipboard-question.tsx';
import { ConsentDialog } from '../consent/consent-dialog.tsx';
import { Dock } from '../dock/dock.tsx';
import { refuseStrayDrops } from '../drop/drop.ts';
import { FirstStart } from '../first-start/first-start.tsx';
import { IntentBar } from '../intent-bar/intent-bar.tsx';
import { Toasts } from '../notifications/toasts.tsx';
import { PageWindow } from '../pages/page-window.tsx';
import type { Page } from '../pages/pages.ts';
import type { SessionModel } from '../session/session.ts';
import { loadSettings, settings } from '../settings/settings.ts';
import { followFullScreen } from '../windows/full-screen.ts';
import { GuestWindow } from '../windows/guest-window.tsx';
import { SnapPreview } from '../windows/snap-preview.tsx';
import { Switcher } from '../windows/switcher.tsx';
import { Banner } from './banner.tsx';
import { KeysDialog } from './keys-dialog.tsx';
import { createDesktop, DesktopProvider } from './model.ts';
import { listenForShortcuts } from './shortcuts.ts';
import { Welcome } from './welcome.tsx';
import './desktop.css';

export function Desktop(props: { readonly session: SessionModel }): JSX.Element {
  const desktop = createDesktop(props.session);
  const { windows, world, pages, dialog } = desktop;
  const listening = new AbortController();
  const { signal } = listening;
  onMount(() => {
    void loadSettings();
    listenForShortcuts(desktop, signal);
    followFullScreen(windows, signal);
    refuseStrayDrops(signal);
    pages.follow(signal);
    window.addEventListener('resize', windows.resizeViewport, { signal });
  });
  onCleanup(() => {
    listening.abort();
    desktop.link[Symbol.dispose]();
  });
  createEffect(() => {
    const front = windows.front();
    document.title = front === undefined ? 'RayOS' : `${desktop.titleOf(front)} · RayOS`;
  });
  // A guest that gets the keyboard gets what the person has copied, if they allowed that.
  createEffect(
    on(windows.keyboard, (id) => {
      const guest = world.surfaces.find((s) => s.id === id)?.guest;
      if (guest) void desktop.clipboard.entered(guest);
    }),
  );
  createEffect(
    on(desktop.link.status, (status) => {
      if (status === 'lost') desktop.work.forget();
    }),
  );
  const open = <K extends string>(kind: K) => {
    const now = dialog();
    return now?.kind === kind ? now : undefined;
  };
  const empty = () => desktop.known() && world.surfaces.length === 0 && pages.open().length === 0;
  return (
    <DesktopProvider value={desktop}>
      <Banner />
      <main class="windows" aria-label="Windows">
        <Switch>
          <Match when={empty() && !settings().firstStartDone}>
            <div class="first-start-place">
              <FirstStart />
            </div>
          </Match>
          <Match when={empty()}>
            <Welcome />
          </Match>
        </Switch>
        <SnapPreview />
        <For each={world.surfaces}>{(surface) => <GuestWindow surface={surface} />}</For>
        <For each={pages.open().map((page) => page.id)}>
          {(id) => {
            // A page that is closing is still drawn: it keeps its last address until it is gone.
            const page = createMemo<Page | undefined>(
              (last) => pages.open().find((one) => one.id === id) ?? last,
            );
            return <Show when={page()}>{(shown) => <PageWindow page={shown()} />}</Show>;
          }}
        </For>
      </main>
      <Dock />
      <Toasts />
      <Show when={open('switcher')}>
        {(now) => <Switcher held={'held' in now() && (now() as { held: boolean }).held} />}
      </Show>
      <Show when={open('intent')}>
        <IntentBar />
      </Show>
      <Show when={open('keys')}>
        <KeysDialog />
      </Show>
      <Show when={desktop.clipboard.question()}>
        {(guest) => <ClipboardQuestion guest={guest()} />}
      </Show>
      <Show when={desktop.consent.question()} keyed>
        {(question) => <ConsentDialog question={question} />}
      </Show>
    </DesktopProvider>
  );
}
