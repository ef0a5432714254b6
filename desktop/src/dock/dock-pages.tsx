// Open pages in the dock: a press brings one to the front, or puts the front one away.

import { For, type JSX } from 'solid-js';
import { useDesktop } from '../desktop/model.ts';
import { Icon } from '../icons/icons.tsx';
import { pageIcon } from '../pages/pages.ts';

export function DockPages(): JSX.Element {
  const { pages, windows, titleOf } = useDesktop();
  return (
    <For each={pages.open().map((page) => page.id)}>
      {(id) => {
        const minimized = () => windows.get(id)?.minimized === true;
        const front = () => windows.front() === id && !minimized();
        return (
          <li>
            <button
              class="dock-page"
              classList={{ front: front(), minimized: minimized() }}
              type="button"
              aria-label={`${titleOf(id)}${minimized() ? ', minimized' : ''}`}
              title={titleOf(id)}
              onClick={() => (front() ? windows.setMinimized(id, true) : windows.enter(id))}
            >
              <Icon name={pageIcon(id)} />
            </button>
          </li>
        );
      }}
    </For>
  );
}
