// What a guest is made of, and what of it can be changed.

import { createSignal, For, type JSX, Show } from 'solid-js';
import { useDesktop } from '../desktop/model.ts';
import { Rows } from '../desktop/rows.tsx';
import { createDoing } from '../forms/doing.ts';
import { Choice, Said, TextField, Toggle } from '../forms/forms.tsx';
import { bytes } from '../guests/words.ts';
import type { SectionProps } from './guest-page.tsx';

const later = 'It holds from its next start.';

export function Machine(props: SectionProps): JSX.Element {
  const desktop = useDesktop();
  const doing = createDoing(desktop);
  const { name } = props.guest;
  const [memory, setMemory] = createSignal(String(props.guest.memoryMiB));
  const [cpus, setCpus] = createSignal(String(props.guest.cpus));
  const [heads, setHeads] = createSignal(String(props.guest.heads));
  const [size, setSize] = createSignal('');
  const set = async (change: Omit<Parameters<typeof desktop.run<'guest.set'>>[1], 'guest'>) => {
    if (await doing.run('guest.set', { guest: name, ...change }, () => `Kept. ${later}`))
      props.again();
  };
  const growing = () => props.guest.disks.find((disk) => !disk.readOnly);
  const grow = async (event: SubmitEvent) => {
    event.preventDefault();
    const sizeGiB = Number(size());
    const done = await doing.run(
      'disk.resize',
      { guest: name, sizeGiB },
      (disk) => `The disk has ${bytes(disk.sizeBytes)} now.`,
    );
    if (done) props.again();
  };
  return (
    <>
      <h1 class="page-title">Machine</h1>
      <form
        class="form-row"
        onSubmit={(event) => {
          event.preventDefault();
          void set({ memoryMiB: Number(memory()), cpus: Number(cpus()), heads: Number(heads()) });
        }}
      >
        <TextField
          label="Memory"
          type="number"
          min={64}
          max={1048576}
          unit="MiB"
          value={memory()}
          input={setMemory}
          required
        />
        <TextField
          label="Processors"
          type="number"
          min={1}
          max={255}
          value={cpus()}
          input={setCpus}
          required
        />
        <TextField
          label="Screens"
          type="number"
          min={1}
          max={4}
          value={heads()}
          input={setHeads}
          required
        />
        <button class="button" type="submit" aria-disabled={doing.busy()}>
          Keep
        </button>
      </form>
      <Toggle
        label="Start with RayOS"
        hint="Hidden, whenever RayOS starts."
        on={props.guest.autostart}
        change={(autostart) => void set({ autostart })}
      />
      <Toggle
        label="Sound"
        hint="A sound card, heard in its window."
        on={props.guest.sound}
        change={(sound) => void set({ sound })}
      />
      <Choice
        label="Clipboard"
        hint="Whether text and pictures that are copied pass between you and it."
        choices={[
          ['ask', 'Ask'],
          ['allow', 'Share'],
          ['deny', 'Keep apart'],
        ]}
        value={props.guest.clipboard}
        change={async (rule) => {
          if (await doing.run('clipboard.rule', { guest: name, rule }, () => 'Kept.'))
            props.again();
          desktop.clipboard.changed(name);
        }}
      />
      <Said fault={doing.fault()} done={doing.done()} />
      <h2 class="section-title">Disks</h2>
      <For
        each={props.guest.disks}
        fallback={<p class="page-lead">None: it begins anew at each start.</p>}
      >
        {(disk) => (
          <p class="disk">
            <strong>{disk.name}</strong> {disk.format}, {bytes(disk.sizeBytes)}
            {disk.readOnly ? ', read-only' : `, ${bytes(disk.usedBytes)} used here`}
          </p>
        )}
      </For>
      <Show when={growing()}>
        {(disk) => (
          <form class="form-row" onSubmit={(event) => void grow(event)}>
            <TextField
              label={`New size of ${disk().name}`}
              type="number"
              unit="GiB"
              min={Math.ceil(disk().sizeBytes / 2 ** 30)}
              max={65536}
              value={size()}
              input={setSize}
              required
            />
            <button class="button" type="submit" aria-disabled={doing.busy()}>
              Make it larger
            </button>
          </form>
        )}
      </Show>
      <h2 class="section-title">Devices</h2>
      <Rows
        rows={[
          ['Firmware', props.guest.firmware],
          ...(props.guest.accelerator
            ? [['Runs by', props.guest.accelerator.toUpperCase()] as const]
            : []),
          ...(props.guest.qemuVersion ? [['QEMU', props.guest.qemuVersion] as const] : []),
          ['Devices', props.guest.devices.join(', ')],
        ]}
      />
    </>
  );
}
