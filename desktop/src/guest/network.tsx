// What a guest may reach, in words, and the ports of this machine that lead to it.

import { createSignal, type JSX } from 'solid-js';
import { sentence } from '../api/sentence.ts';
import { useDesktop } from '../desktop/model.ts';
import { createDoing } from '../forms/doing.ts';
import { Choice, Said, TextField } from '../forms/forms.tsx';
import type { SectionProps } from './guest-page.tsx';

export function Network(props: SectionProps): JSX.Element {
  const desktop = useDesktop();
  const doing = createDoing(desktop);
  const { name } = props.guest;
  const written = () =>
    props.guest.network.forwards.map(({ host, guest }) => `${host}:${guest}`).join(',');
  const [forward, setForward] = createSignal(written());
  const words = () => 'Kept. It holds from its next start.';
  return (
    <>
      <h1 class="page-title">Network</h1>
      <p class="page-lead network-opens">{sentence(props.guest.network.opens)}</p>
      <Choice
        label="What it may reach"
        hint="Policy may allow less; RayOS then says so."
        choices={[
          ['off', 'Nothing'],
          ['restricted', 'Forwarded ports only'],
          ['nat', 'The network'],
        ]}
        value={props.guest.network.profile}
        change={async (network) => {
          if (await doing.run('guest.set', { guest: name, network }, words)) props.again();
        }}
      />
      <form
        class="form-row"
        onSubmit={async (event) => {
          event.preventDefault();
          if (await doing.run('guest.set', { guest: name, forward: forward().trim() }, words))
            props.again();
        }}
      >
        <TextField
          label="Ports of this machine that lead to it"
          hint="Port here, port in the guest: 8080:80, 2222:22. Reached at 127.0.0.1 alone."
          placeholder="8080:80,2222:22"
          pattern="([0-9]{1,5}:[0-9]{1,5}(,[0-9]{1,5}:[0-9]{1,5})*)?"
          value={forward()}
          input={setForward}
        />
        <button class="button" type="submit" aria-disabled={doing.busy()}>
          Keep
        </button>
      </form>
      <Said fault={doing.fault()} done={doing.done()} />
    </>
  );
}
