// The right end of the dock: connection, scheme, keys, full screen, sign-out, clock.

import { type JSX, Show } from 'solid-js';
import { useDesktop } from '../desktop/model.ts';
import { Icon } from '../icons/icons.tsx';
import { scheme, settings, toggleScheme } from '../settings/settings.ts';
import { clock } from './clock.ts';
import { fullScreenIsPossible, toggleFullScreen } from './full-screen.ts';
import './tray.css';

export function Tray(): JSX.Element {
  const { link, session, notices, open } = useDesktop();
  const connection = () =>
    ({ live: 'Connected', connecting: 'Connecting…', lost: 'No answer' })[link.status()];
  const time = () => clock().toLocaleTimeString([], { hour: 'numeric', minute: '2-digit' });
  const date = () =>
    clock().toLocaleDateString([], { weekday: 'short', day: 'numeric', month: 'short' });
  return (
    <section class="tray glass" aria-label="System">
      <span
        class="connection"
        data-link={link.status()}
        role="img"
        aria-label={connection()}
        title={connection()}
      />
      <Tool
        icon={scheme() === 'dark' ? 'sun' : 'moon'}
        label={scheme() === 'dark' ? 'Light appearance' : 'Dark appearance'}
        spare
        act={toggleScheme}
      />
      <Tool
        icon={settings().notifications === 'none' ? 'quiet' : 'bell'}
        label={notices.unseen() > 0 ? `Notifications, ${notices.unseen()} new` : 'Notifications'}
        mark={notices.unseen() > 0}
        act={() => {
          notices.seen();
          open('#/notifications');
        }}
      />
      <Tool icon="settings" label="Settings" act={() => open('#/settings')} />
      <Tool icon="help" label="Help" act={() => open('#/help')} />
      <Show when={fullScreenIsPossible}>
        <Tool icon="full" label="Full screen" spare act={() => void toggleFullScreen()} />
      </Show>
      <Tool icon="leave" label="Sign out" spare act={() => void session.signOut()} />
      <time class="clock" dateTime={clock().toISOString()}>
        <span>{time()}</span>
        <span class="clock-date">{date()}</span>
      </time>
    </section>
  );
}

type ToolProps = {
  readonly icon: Parameters<typeof Icon>[0]['name'];
  readonly label: string;
  readonly act: () => void;
  /** A dot that says that there is something new. */
  readonly mark?: boolean;
  /** Left out where there is little room: the settings have it as well. */
  readonly spare?: boolean;
};

function Tool(props: ToolProps): JSX.Element {
  return (
    <button
      class="icon-button"
      classList={{ marked: props.mark === true, spare: props.spare === true }}
      type="button"
      aria-label={props.label}
      title={props.label}
      onClick={() => props.act()}
    >
      <Icon name={props.icon} />
    </button>
  );
}
