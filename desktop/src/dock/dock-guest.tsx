// A guest in the dock: a click shows it, its menu does the rest.

import { createSignal, type JSX, Show } from 'solid-js';
import type { Guest } from '../../../src/contracts/index.ts';
import { useDesktop } from '../desktop/model.ts';
import { faceOf, isBusy, labelOf } from '../guests/words.ts';
import { GuestIcon } from '../icons/guest-icon.tsx';
import { Icon } from '../icons/icons.tsx';
import { GuestMenu } from './guest-menu.tsx';

export function DockGuest(props: { readonly guest: Guest }): JSX.Element {
  const { show, busy, windows, surfaceOf } = useDesktop();
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
        <GuestIcon name={props.guest.name} recipe={props.guest.recipe} />
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
        <GuestMenu guest={props.guest} above={place} close={close} dismiss={() => setMenu(false)} />
      </Show>
    </div>
  );
}
