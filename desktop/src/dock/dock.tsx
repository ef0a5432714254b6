// The dock: the intent bar's button, the guests with their state, and the system's end.

import { For, type JSX } from 'solid-js';
import { useDesktop } from '../desktop/model.ts';
import { Mark } from '../icons/icons.tsx';
import { Tray } from '../tray/tray.tsx';
import { DockGuest } from './dock-guest.tsx';
import './dock.css';

export function Dock(): JSX.Element {
  const { world, known, setDialog } = useDesktop();
  return (
    <footer class="dock">
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
      <nav class="dock-guests glass" aria-label="Guests" data-dock>
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
        </ul>
      </nav>
      <div class="dock-end dock-right">
        <Tray />
      </div>
    </footer>
  );
}
