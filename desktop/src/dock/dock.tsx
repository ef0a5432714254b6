// The dock: the intent bar's button, the guests with their state, and the system's end.

import { For, type JSX } from 'solid-js';
import { useDesktop } from '../desktop/model.ts';
import { Icon, Mark } from '../icons/icons.tsx';
import { textScale } from '../settings/settings.ts';
import { Tray } from '../tray/tray.tsx';
import { DockGuest } from './dock-guest.tsx';
import { DockPages } from './dock-pages.tsx';
import './dock.css';

/** In pixels of the dock's own scale: of its ends in narrow and wide docks, of a guest, of a page. */
const measures = { room: 520, ends: 760, guest: 204, sign: 52 };

export function Dock(): JSX.Element {
  const { world, known, setDialog, open, windows } = useDesktop();
  const { pages } = useDesktop();
  /** Whether guests speak by their icons alone: when their words would not fit. */
  const compact = () => {
    const { room: space, ends, guest, sign } = measures;
    const wanted = world.guests.length * guest + (pages.open().length + 1) * sign;
    return (
      wanted >
      windows.viewport().width / textScale() -
        (room() === 'wide' || room() === 'middle' ? ends : space)
    );
  };
  /** How much room the dock has, in pixels of its own scale. */
  const room = () => {
    const width = windows.viewport().width / textScale();
    if (width < 760) return 'tiny';
    return width < 1280 ? 'narrow' : width < 1680 ? 'middle' : 'wide';
  };
  return (
    <footer class="dock" data-room={room()}>
      <div class="dock-end">
        <button
          class="ask glass"
          type="button"
          aria-keyshortcuts="Control+Space /"
          onClick={() => setDialog({ kind: 'intent', text: '' })}
        >
          <Mark />
          <span class="ask-text">Ask RayOS</span>
          <kbd>/</kbd>
        </button>
      </div>
      <nav
        class="dock-guests glass"
        classList={{ compact: compact() }}
        aria-label="Guests"
        data-dock
      >
        <ul>
          <For
            each={world.guests}
            fallback={
              <li class="dock-empty">{known() ? 'No guests yet' : 'Asking for the guests…'}</li>
            }
          >
            {(guest) => (
              <li>
                <DockGuest guest={guest} />
              </li>
            )}
          </For>
          <DockPages />
          <li>
            <button
              class="dock-add"
              type="button"
              aria-label="Create a guest"
              title="Create a guest"
              aria-keyshortcuts="Alt+C"
              onClick={() => open('#/create')}
            >
              <Icon name="plus" />
            </button>
          </li>
        </ul>
      </nav>
      <div class="dock-end dock-right">
        <Tray />
      </div>
    </footer>
  );
}
