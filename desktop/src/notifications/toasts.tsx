// The notices on the screen, read out as they come.

import { For, type JSX, Show } from 'solid-js';
import { useDesktop } from '../desktop/model.ts';
import { Icon, type IconName } from '../icons/icons.tsx';
import { Progress } from '../progress/progress.tsx';
import type { Tone } from './notice.ts';
import './toasts.css';

export const toneIcons: Readonly<Record<Tone, IconName>> = {
  good: 'check',
  info: 'info',
  warning: 'warning',
  error: 'warning',
};

export function Toasts(): JSX.Element {
  const { notices, work } = useDesktop();
  return (
    <section class="toasts" aria-label="Notices" aria-live="polite" aria-relevant="additions">
      <For each={work.all()}>
        {(one) => (
          <article class="toast" aria-live="off">
            <Icon name="upload" />
            <Progress work={one} />
          </article>
        )}
      </For>
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
            <Icon name={toneIcons[notice.tone]} />
            <div>
              <p class="toast-title">{notice.title}</p>
              <Show when={notice.text}>
                <p class="toast-text">{notice.text}</p>
              </Show>
              <Show when={notice.offer?.useful() && notice.offer}>
                {(offer) => (
                  <button
                    class="toast-offer"
                    type="button"
                    onClick={() => {
                      notices.close(notice.id);
                      offer().act();
                    }}
                  >
                    {offer().label}
                  </button>
                )}
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
