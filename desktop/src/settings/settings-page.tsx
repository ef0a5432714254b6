// The settings of the desktop. Each change holds at once, and RayOS keeps it.

import { createResource, createSignal, type JSX, Show } from 'solid-js';
import type { Settings } from '../../../src/contracts/index.ts';
import { sentence } from '../api/sentence.ts';
import { useDesktop } from '../desktop/model.ts';
import { Rows } from '../desktop/rows.tsx';
import { Choice, Said, TextField, Toggle } from '../forms/forms.tsx';
import { tell } from '../intent-bar/outcome.ts';
import { noticeChoices } from '../notifications/notifications-page.tsx';
import { fullScreenIsPossible, toggleFullScreen } from '../tray/full-screen.ts';
import { personName, setPersonName } from '../viewer/person.ts';
import { changeSettings, settings } from './settings.ts';
import './settings.css';

const percent = [0.8, 1, 1.25, 1.5, 2];

export function SettingsPage(): JSX.Element {
  const { run, open, session } = useDesktop();
  const [fault, setFault] = createSignal('');
  const [name, setName] = createSignal(personName());
  const [status] = createResource(() => run('system.status', {}));
  const change = async (wanted: Partial<Settings>) => {
    const why = await changeSettings(wanted);
    setFault(why ? `It holds in this browser; RayOS did not keep it: ${sentence(why)}` : '');
  };
  const about = () => {
    const seen = status();
    return seen?.kind === 'done' ? tell('system.status', seen.result) : undefined;
  };
  return (
    <div class="page-scroll settings">
      <h1 class="page-title">Settings</h1>
      <section aria-labelledby="settings-look">
        <h2 id="settings-look">Appearance</h2>
        <Choice
          label="Colours"
          choices={[
            ['system', 'As the system'],
            ['light', 'Light'],
            ['dark', 'Dark'],
          ]}
          value={settings().scheme}
          change={(scheme) => void change({ scheme })}
        />
        <Choice
          label="Size of text and controls"
          choices={percent.map((scale) => [String(scale), `${scale * 100} %`] as const)}
          value={String(settings().textScale)}
          change={(scale) => void change({ textScale: Number(scale) })}
        />
        <Choice
          label="Motion"
          choices={[
            ['system', 'As the system'],
            ['reduced', 'Reduced'],
            ['full', 'Full'],
          ]}
          value={settings().motion}
          change={(motion) => void change({ motion })}
        />
      </section>
      <section aria-labelledby="settings-windows">
        <h2 id="settings-windows">Windows of guests</h2>
        <Toggle
          label="The guest’s screen follows its window"
          hint="It takes the size of the window, where the guest can."
          on={settings().followWindow}
          change={(followWindow) => void change({ followWindow })}
        />
        <Choice
          label="Pictures"
          hint="Exact pictures need a fast connection; on a slow one, saving draws sooner and mends later."
          choices={[
            ['auto', 'As the connection allows'],
            ['lossless', 'Always exact'],
            ['saving', 'Saving'],
          ]}
          value={settings().quality}
          change={(quality) => void change({ quality })}
        />
      </section>
      <section aria-labelledby="settings-you">
        <h2 id="settings-you">You</h2>
        <TextField
          label="Your name in this browser"
          hint="Others who look at the same guest see it while you have the keyboard. It holds from the next window on."
          value={name()}
          input={(next) => {
            setName(next);
            setPersonName(next);
          }}
        />
      </section>
      <section aria-labelledby="settings-notices">
        <h2 id="settings-notices">Notifications</h2>
        <Choice
          label="Show on the screen"
          choices={noticeChoices}
          value={settings().notifications}
          change={(notifications) => void change({ notifications })}
        />
      </section>
      <Said fault={fault()} done="" />
      <section aria-labelledby="settings-about">
        <h2 id="settings-about">About RayOS</h2>
        <Show when={about()} fallback={<p class="page-lead">Asking RayOS…</p>}>
          {(told) => (
            <>
              <p class="page-lead">{told().sentence}</p>
              <Rows rows={told().rows ?? []} />
            </>
          )}
        </Show>
        <div class="page-actions">
          <button class="button" type="button" onClick={() => open('#/start')}>
            First steps
          </button>
          <button class="button" type="button" onClick={() => open('#/help')}>
            Help
          </button>
          <Show when={fullScreenIsPossible}>
            <button class="button" type="button" onClick={() => void toggleFullScreen()}>
              Full screen
            </button>
          </Show>
          <button class="button" type="button" onClick={() => void session.signOut()}>
            Sign out
          </button>
        </div>
      </section>
    </div>
  );
}
