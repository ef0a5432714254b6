// The machine that would be made: why it is as it is, and what of it can be chosen otherwise.

import { For, type JSX, Show } from 'solid-js';
import type { Firmware, NetworkProfile, Proposal } from '../../../src/contracts/index.ts';
import { Choice, TextField } from '../forms/forms.tsx';
import { bytes } from '../guests/words.ts';
import { Icon } from '../icons/icons.tsx';

/** As it stands in the fields. */
export type Wanted = {
  readonly name: string;
  readonly title: string;
  readonly memoryMiB?: string;
  readonly cpus?: string;
  readonly diskGiB?: string;
  readonly firmware?: Firmware;
  readonly network?: NetworkProfile;
};

export function wantedOf(proposal: Proposal): Wanted {
  return {
    name: proposal.suggestedName,
    title: proposal.suggestedTitle,
    memoryMiB: String(proposal.memoryMiB),
    cpus: String(proposal.cpus),
    firmware: proposal.firmware,
    ...(proposal.newDiskGiB === undefined ? {} : { diskGiB: String(proposal.newDiskGiB) }),
  };
}

type Props = {
  readonly proposal: Proposal | undefined;
  readonly wanted: Wanted;
  readonly change: (change: Partial<Wanted>) => void;
};

export function Adjust(props: Props): JSX.Element {
  return (
    <>
      <Show when={props.proposal}>
        {(proposal) => (
          <section class="proposal" aria-label="What RayOS found">
            <p class="proposal-found">
              <Icon name="search" />
              <span>
                {proposal().found}, {bytes(proposal().sizeBytes)}
              </span>
            </p>
            <ul>
              <For each={proposal().reasons}>{(reason) => <li>{reason}</li>}</For>
            </ul>
            <For each={proposal().warnings}>
              {(warning) => (
                <p class="proposal-warning">
                  <Icon name="warning" /> {warning}
                </p>
              )}
            </For>
          </section>
        )}
      </Show>
      <div class="form-row">
        <TextField
          label="Name"
          hint="Lower-case letters, digits and hyphens."
          value={props.wanted.name}
          input={(name) => props.change({ name })}
          pattern="[a-z0-9][a-z0-9\-]{0,62}"
          required
        />
        <TextField
          label="Title"
          hint="What people see."
          placeholder={props.wanted.name}
          value={props.wanted.title}
          input={(title) => props.change({ title })}
        />
      </div>
      <div class="form-row">
        <TextField
          label="Memory"
          type="number"
          unit="MiB"
          min={64}
          max={1048576}
          placeholder="as it needs"
          value={props.wanted.memoryMiB ?? ''}
          input={(memoryMiB) => props.change({ memoryMiB })}
        />
        <TextField
          label="Processors"
          type="number"
          min={1}
          max={255}
          placeholder="as it needs"
          value={props.wanted.cpus ?? ''}
          input={(cpus) => props.change({ cpus })}
        />
        <Show when={props.proposal?.newDiskGiB !== undefined}>
          <TextField
            label="New disk"
            type="number"
            unit="GiB"
            min={1}
            max={65536}
            value={props.wanted.diskGiB ?? ''}
            input={(diskGiB) => props.change({ diskGiB })}
          />
        </Show>
      </div>
      <Show when={props.proposal && props.proposal.firmware !== 'kernel'}>
        <Choice
          label="Firmware"
          choices={[
            ['uefi', 'UEFI'],
            ['bios', 'BIOS'],
          ]}
          value={props.wanted.firmware ?? 'uefi'}
          change={(firmware) => props.change({ firmware })}
        />
      </Show>
      <Choice
        label="Network"
        hint="Off is the safe choice; it can be changed later."
        choices={[
          ['off', 'Nothing'],
          ['restricted', 'Forwarded ports only'],
          ['nat', 'The network'],
        ]}
        value={props.wanted.network ?? 'off'}
        change={(network) => props.change({ network })}
      />
    </>
  );
}
