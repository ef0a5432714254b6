// A page in its window. Focus goes to its body, Escape closes it.

import { type JSX, Match, onCleanup, Switch } from 'solid-js';
import { CreatePage } from '../create/create-page.tsx';
import { useDesktop } from '../desktop/model.ts';
import { FirstStart } from '../first-start/first-start.tsx';
import { GuestPage } from '../guest/guest-page.tsx';
import { HelpPage } from '../help/help-page.tsx';
import { Icon } from '../icons/icons.tsx';
import { NotificationsPage } from '../notifications/notifications-page.tsx';
import { SettingsPage } from '../settings/settings-page.tsx';
import { WindowFrame } from '../windows/frame.tsx';
import { arrangeItems } from '../windows/window-items.ts';
import { type Page, pageIcon } from './pages.ts';
import './pages.css';

export function PageWindow(props: { readonly page: Page }): JSX.Element {
  const desktop = useDesktop();
  const { windows, pages } = desktop;
  const id = props.page.id;
  const was = document.activeElement;
  let bar: HTMLElement | undefined;
  let body: HTMLDivElement | undefined;
  const close = () => {
    pages.close(id);
    // Back to where the person came from, so that the keyboard is never lost.
    const back =
      was instanceof HTMLElement && was.isConnected && was !== document.body ? was : undefined;
    const dock = document.querySelector<HTMLElement>('[data-dock] button, .ask');
    const front = windows.front();
    if (back) back.focus();
    else if (front) windows.leave(front);
    else dock?.focus();
  };
  onCleanup(
    windows.register(id, {
      enter: () => {
        if (!body?.contains(document.activeElement)) body?.focus({ preventScroll: true });
      },
      leave: () => bar?.focus(),
    }),
  );
  return (
    <WindowFrame
      id={id}
      class="page-window"
      title={desktop.titleOf(id)}
      lead={<Icon name={pageIcon(id)} />}
      menu={() => arrangeItems(desktop, id)}
      enterHint="Enter goes into the page."
      closeLabel="Close"
      close={close}
      bar={(element) => {
        bar = element;
      }}
    >
      {() => (
        // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes from wherever the focus is inside.
        <div
          class="page-body"
          ref={body}
          tabIndex={-1}
          onKeyDown={(event) => {
            if (event.key !== 'Escape' || event.defaultPrevented) return;
            event.stopPropagation();
            close();
          }}
        >
          <Switch>
            <Match when={props.page.kind === 'guest'}>
              <GuestPage guest={props.page.rest[0] ?? ''} section={props.page.rest[1] ?? ''} />
            </Match>
            <Match when={props.page.kind === 'create'}>
              <CreatePage />
            </Match>
            <Match when={props.page.kind === 'settings'}>
              <SettingsPage />
            </Match>
            <Match when={props.page.kind === 'notifications'}>
              <NotificationsPage />
            </Match>
            <Match when={props.page.kind === 'help'}>
              <HelpPage page={props.page.rest[0] ?? ''} heading={props.page.rest[1] ?? ''} />
            </Match>
            <Match when={props.page.kind === 'start'}>
              <FirstStart />
            </Match>
          </Switch>
        </div>
      )}
    </WindowFrame>
  );
}
