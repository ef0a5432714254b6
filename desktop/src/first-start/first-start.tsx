// What RayOS is, in three steps, and the one button that matters.

import { createResource, type JSX, Show } from 'solid-js';
import { useDesktop } from '../desktop/model.ts';
import { createDoing } from '../forms/doing.ts';
import { Choice, Said } from '../forms/forms.tsx';
import { Mark } from '../icons/icons.tsx';
import { changeSettings, settings } from '../settings/settings.ts';
import './first-start.css';

const guest = 'linux-desktop';

export function FirstStart(): JSX.Element {
  const desktop = useDesktop();
  const { world, run, windows, pages } = desktop;
  const doing = createDoing(desktop);
  const there = () => world.guests.find((g) => g.name === guest);
  const [detail] = createResource(
    () => there()?.name,
    (name) => run('guest.show', { guest: name }),
  );
  const cost = () => {
    const seen = detail();
    if (seen?.kind !== 'done') return 'It takes memory and disk of this machine while it is there';
    const { memoryMiB, cpus, disks } = seen.result;
    const gib = disks.reduce((sum, disk) => sum + disk.sizeBytes, 0) / 2 ** 30;
    return [
      `It takes up to ${(memoryMiB / 1024).toFixed(1)} GiB of memory and ${cpus} ${cpus === 1 ? 'processor' : 'processors'} while it runs`,
      ...(gib >= 1 ? [`and at most ${Math.round(gib)} GiB of disk, as it fills`] : []),
    ].join(' ');
  };
  const finish = () => {
    void changeSettings({ firstStartDone: true });
    pages.close('page:start');
  };
  const begin = async () => {
    if (!there() && !(await doing.run('guest.create', { name: guest }))) return;
    const shown = await doing.run('guest.present', { guest });
    if (!shown) return;
    finish();
    windows.enter(shown.surface);
  };
  return (
    <section class="first-start" aria-labelledby="first-start-title">
      <header>
        <Mark />
        <h1 id="first-start-title">Welcome to RayOS</h1>
        <p class="first-words">Whole computers, as windows.</p>
      </header>
      <ol class="first-steps">
        <li>
          <h2>Guests are computers</h2>
          <p>
            Each runs a system of its own, apart from this machine and from the others. It starts
            hidden; showing it gives it a window.
          </p>
        </li>
        <li>
          <h2>Say what you want</h2>
          <p>
            Press <kbd>/</kbd> and write “show linux desktop” or “take a snapshot”. RayOS asks first
            where something could be lost.
          </p>
        </li>
        <li>
          <h2>You decide</h2>
          <p>
            A guest reaches no network, no folder and no clipboard of yours until you say so. Its
            page shows what it may do.
          </p>
        </li>
      </ol>
      <div class="first-choice">
        <Choice
          label="Colours"
          choices={[
            ['system', 'As the system'],
            ['light', 'Light'],
            ['dark', 'Dark'],
          ]}
          value={settings().scheme}
          change={(scheme) => void changeSettings({ scheme })}
        />
      </div>
      <div class="first-go">
        <button
          class="button primary"
          type="button"
          aria-disabled={doing.busy()}
          onClick={() => void begin()}
        >
          {doing.busy() ? 'Starting it…' : 'Show the Linux desktop'}
        </button>
        <button class="button" type="button" onClick={finish}>
          Look around first
        </button>
        <p class="first-cost">{cost()}. You can stop or delete it at any time.</p>
        <Show when={doing.fault()}>{(text) => <Said fault={text()} done="" />}</Show>
      </div>
    </section>
  );
}
