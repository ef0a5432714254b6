// The notices on the screen, read out as they come.

import { For, type JSX, Show } from 'solid-js';
import { useDesktop } from '../desktop/model.ts';
import { Icon, type IconName } from '../icons/icons.tsx';
import type { Tone } from './notice.ts';
import './toasts.css';

const icons: Readonly<Record<Tone, IconName>> = {
  good: 'check',
  info: 'info',
  warning: 'warning',
  error: 'warning',
};

export function Toasts(): JSX.Element {
  const { notices } = useDesktop();
  return (
    <section class="toasts" aria-label="Notices" aria-live="polite" aria-relevant="additions">
      <For each={notices.shown()}>
        {(notice) => (
          <article
            class="toast"
            data-tone={notice.tone}
            role={notice.tone === 'error' ? 'alert' : undefined}
            onPointerEnter={() => notices.hold(notice.id)}
            onPointerLeave={() => notices.release(notice.id)}
            onFocusIn={() => notices.hold(notice.id)}
            onFocusOut={() => notices.release(notice.id)}
          >
            <Icon name={icons[notice.tone]} />
            <div>
              <p class="toast-title">{notice.title}</p>
              <Show when={notice.text}>
                <p class="toast-text">{notice.text}</p>
              </Show>
            </div>
            <button
              class="icon-button"
              type="button"
              aria-label={`Close: ${notice.title}`}
              onClick={() => notices.close(notice.id)}
            >
              <Icon name="close" />
            </button>
          </article>
        )}
      </For>
    </section>
  );
}
