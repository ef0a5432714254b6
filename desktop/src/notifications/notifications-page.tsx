// What was told since this page was opened, with what can be done about it, and how much is told.

import { For, type JSX, onMount, Show } from 'solid-js';
import { useDesktop } from '../desktop/model.ts';
import { Choice } from '../forms/forms.tsx';
import { Icon } from '../icons/icons.tsx';
import { changeSettings, settings } from '../settings/settings.ts';
import { toneIcons } from './toasts.tsx';
import './notifications.css';

export const noticeChoices = [
  ['all', 'All'],
  ['problems', 'Problems only'],
  ['none', 'Do not disturb'],
] as const;

export function NotificationsPage(): JSX.Element {
  const { notices } = useDesktop();
  onMount(notices.seen);
  return (
    <div class="page-scroll">
      <h1 class="page-title">Notifications</h1>
      <Choice
        label="Show on the screen"
        choices={noticeChoices}
        value={settings().notifications}
        change={(notifications) => void changeSettings({ notifications })}
      />
      <ol class="history" aria-label="History, newest first">
        <For
          each={notices.history()}
          fallback={<li class="page-empty">Nothing has been told since this page was opened.</li>}
        >
          {(notice) => (
            <li class="history-item" data-tone={notice.tone}>
              <Icon name={toneIcons[notice.tone]} />
              <div>
                <p class="toast-title">{notice.title}</p>
                <Show when={notice.text}>
                  <p class="toast-text">{notice.text}</p>
                </Show>
              </div>
              <Show when={notice.offer?.useful() && notice.offer}>
                {(offer) => (
                  <button class="toast-offer" type="button" onClick={() => offer().act()}>
                    {offer().label}
                  </button>
                )}
              </Show>
              <time dateTime={notice.time.toISOString()}>
                {notice.time.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })}
              </time>
            </li>
          )}
        </For>
      </ol>
      <Show when={notices.history().length > 0}>
        <button class="button" type="button" onClick={notices.clear}>
          Clear the history
        </button>
      </Show>
    </div>
  );
}
