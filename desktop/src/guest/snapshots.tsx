// Snapshots of a guest: take one, go back to one, delete one.

import { createSignal, For, Index, type JSX } from 'solid-js';
import { useDesktop } from '../desktop/model.ts';
import { createDoing } from '../forms/doing.ts';
import { Said, TextField } from '../forms/forms.tsx';
import { Icon } from '../icons/icons.tsx';
import { Progress } from '../progress/progress.tsx';
import type { SectionProps } from './guest-page.tsx';

export function Snapshots(props: SectionProps): JSX.Element {
  const desktop = useDesktop();
  const doing = createDoing(desktop);
  const { name } = props.guest;
  const [called, setCalled] = createSignal('');
  const [note, setNote] = createSignal('');
  const work = () => desktop.work.all().filter((one) => /snapshot/i.test(one.what));
  const take = async (event: SubmitEvent) => {
    event.preventDefault();
    const done = await doing.run(
      'snapshot.take',
      {
        guest: name,
        ...(called().trim() ? { name: called().trim() } : {}),
        ...(note().trim() ? { note: note().trim() } : {}),
      },
      (snapshot) => `${snapshot.name} is kept.`,
    );
    if (!done) return;
    setCalled('');
    setNote('');
    props.again();
  };
  const revert = async (snapshot: string) => {
    const words = () => `${props.guest.title} is back at ${snapshot}.`;
    if (await doing.run('snapshot.revert', { guest: name, name: snapshot }, words)) props.again();
  };
  const remove = async (snapshot: string) => {
    const words = () => `${snapshot} was deleted.`;
    if (await doing.run('snapshot.delete', { guest: name, name: snapshot }, words)) props.again();
  };
  return (
    <>
      <h1 class="page-title">Snapshots</h1>
      <p class="page-lead">
        A snapshot keeps the guest as it is now: its disks, and its memory while it runs.
      </p>
      <form class="form-row" onSubmit={(event) => void take(event)}>
        <TextField
          label="Name"
          placeholder="before-upgrade"
          pattern="[a-z0-9][a-z0-9\-]{0,62}"
          value={called()}
          input={setCalled}
        />
        <TextField
          label="Note"
          placeholder="For you to read later"
          value={note()}
          input={setNote}
        />
        <button class="button primary" type="submit" aria-disabled={doing.busy()}>
          Take a snapshot
        </button>
      </form>
      <For each={work()}>{(one) => <Progress work={one} />}</For>
      <Said fault={doing.fault()} done={doing.done()} />
      <ul class="things">
        {/* By their places: news of the guest do not take the focus from a button. */}
        <Index
          each={props.guest.snapshots}
          fallback={<li class="page-empty">There are no snapshots yet.</li>}
        >
          {(snapshot) => (
            <li>
              <Icon name="snapshot" />
              <div>
                <p class="thing-name">{snapshot().name}</p>
                <p class="thing-words">
                  {new Date(snapshot().created).toLocaleString()},{' '}
                  {snapshot().withMemory ? 'with memory' : 'disks alone'}
                  {snapshot().note ? `. ${snapshot().note}` : ''}
                </p>
              </div>
              <button
                class="button"
                type="button"
                aria-disabled={doing.busy()}
                aria-label={`Go back to ${snapshot().name}`}
                onClick={() => void revert(snapshot().name)}
              >
                Go back…
              </button>
              <button
                class="icon-button"
                type="button"
                aria-disabled={doing.busy()}
                aria-label={`Delete the snapshot ${snapshot().name}`}
                title="Delete…"
                onClick={() => void remove(snapshot().name)}
              >
                <Icon name="trash" />
              </button>
            </li>
          )}
        </Index>
      </ul>
    </>
  );
}
