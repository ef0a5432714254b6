// A guest in the dock: a click shows it, its menu does the rest.

import { createSignal, type JSX, Show } from 'solid-js';
import type { Guest } from '../../../src/contracts/index.ts';
import { useDesktop } from '../desktop/model.ts';
import { guestItems } from '../guest/items.ts';
import { faceOf, isBusy, labelOf } from '../guests/words.ts';
import { GuestIcon } from '../icons/guest-icon.tsx';
import { Icon } from '../icons/icons.tsx';
import { Menu } from '../menu/menu.tsx';
import { Thumbnail } from '../windows/thumbnail.tsx';
import { minimizedOf } from './minimized.ts';

export function DockGuest(props: { readonly guest: Guest }): JSX.Element {
  const desktop = useDesktop();
  const { show, busy, windows, surfaceOf } = desktop;
  const [menu, setMenu] = createSignal(false);
  let place: HTMLDivElement | undefined;
  let button: HTMLButtonElement | undefined;
  const working = () => busy(props.guest.name) || isBusy(props.guest);
  const inFront = () => {
    const surface = surfaceOf(props.guest.name);
    return surface !== undefined && windows.front() === surface;
  };
  const label = () => props.guest.reason ?? labelOf(props.guest);
  const close = () => {
    setMenu(false);
    button?.focus();
  };
  return (
    <div
      ref={place}
      class="dock-guest"
      classList={{ working: working(), front: inFront() }}
      data-face={faceOf(props.guest)}
    >
      <button
        class="dock-show"
        type="button"
        ref={button}
        aria-busy={working()}
        title={`${props.guest.title}: ${label()}`}
        onClick={() => show(props.guest.name)}
        onContextMenu={(event) => {
          event.preventDefault();
          setMenu(true);
        }}
        onKeyDown={(event) => {
          if (event.key !== 'ContextMenu' && !(event.key === 'F10' && event.shiftKey)) return;
          event.preventDefault();
          setMenu(true);
        }}
      >
        <Show
          when={minimizedOf(desktop, props.guest.name)}
          fallback={<GuestIcon name={props.guest.name} recipe={props.guest.recipe} />}
        >
          {(surface) => (
            <span class="dock-thumbnail">
              <Thumbnail window={surface()} width={160} />
            </span>
          )}
        </Show>
        <span class="dock-badge">
          <span class="dot" data-face={faceOf(props.guest)} />
        </span>
        <span class="dock-words">
          <span class="dock-name">{props.guest.title}</span>
          <span class="dock-state">
            <span class="dot" data-face={faceOf(props.guest)} />
            {labelOf(props.guest)}
          </span>
        </span>
      </button>
      <button
        class="icon-button dock-more"
        type="button"
        aria-label={`More for ${props.guest.title}`}
        title="More"
        aria-haspopup="menu"
        aria-expanded={menu()}
        onClick={() => setMenu(!menu())}
      >
        <Icon name="more" />
      </button>
      <Show when={menu()}>
        <Menu
          items={guestItems(desktop, props.guest.name)}
          label={props.guest.title}
          anchor={place}
          close={close}
          dismiss={() => setMenu(false)}
        />
      </Show>
    </div>
  );
}
