// The desktop: windows over the wallpaper, the dock below them, notices above.

import { createEffect, For, type JSX, onCleanup, onMount, Show } from 'solid-js';
import { ConsentDialog } from '../consent/consent-dialog.tsx';
import { Dock } from '../dock/dock.tsx';
import { IntentBar } from '../intent-bar/intent-bar.tsx';
import { Toasts } from '../notifications/toasts.tsx';
import type { SessionModel } from '../session/session.ts';
import { GuestWindow } from '../windows/guest-window.tsx';
import { Banner } from './banner.tsx';
import { GuestDialog } from './guest-dialog.tsx';
import { KeysDialog } from './keys-dialog.tsx';
import { createDesktop, DesktopProvider } from './model.ts';
import { listenForShortcuts } from './shortcuts.ts';
import { Welcome } from './welcome.tsx';
import './desktop.css';

export function Desktop(props: { readonly session: SessionModel }): JSX.Element {
  const desktop = createDesktop(props.session);
  const { windows, world } = desktop;
  const listening = new AbortController();
  onMount(() => {
    listenForShortcuts(desktop, listening.signal);
    window.addEventListener('resize', windows.resizeViewport, { signal: listening.signal });
  });
  onCleanup(() => {
    listening.abort();
    desktop.link[Symbol.dispose]();
  });
  createEffect(() => {
    const shown = world.surfaces.length;
    document.title = shown === 0 ? 'RayOS' : `${world.surfaces[0]?.title ?? ''} · RayOS`;
  });
  const dialog = <K extends string>(kind: K) => {
    const open = desktop.dialog();
    return open?.kind === kind ? open : undefined;
  };
  return (
    <DesktopProvider value={desktop}>
      <Banner />
      <main class="windows" aria-label="Windows">
        <Show when={desktop.known() && world.surfaces.length === 0}>
          <Welcome />
        </Show>
        <For each={world.surfaces}>{(surface) => <GuestWindow surface={surface} />}</For>
      </main>
      <Dock />
      <Toasts />
      <Show when={dialog('intent')}>
        <IntentBar />
      </Show>
      <Show when={dialog('keys')}>
        <KeysDialog />
      </Show>
      <Show when={dialog('guest')} keyed>
        {(open) => <GuestDialog guest={'guest' in open ? open.guest : ''} />}
      </Show>
      <Show when={desktop.consent.question()} keyed>
        {(question) => <ConsentDialog question={question} />}
      </Show>
    </DesktopProvider>
  );
}
