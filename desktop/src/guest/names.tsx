// A guest's name, a copy of it, and its end.

import { createSignal, type JSX } from 'solid-js';
import { useDesktop } from '../desktop/model.ts';
import { createDoing } from '../forms/doing.ts';
import { Said, TextField } from '../forms/forms.tsx';
import { Icon } from '../icons/icons.tsx';
import type { SectionProps } from './guest-page.tsx';

const pattern = '[a-z0-9][a-z0-9\\-]{0,62}';
const nameHint = 'Lower-case letters, digits and hyphens.';

export function Names(props: SectionProps): JSX.Element {
  const desktop = useDesktop();
  const doing = createDoing(desktop);
  const { name } = props.guest;
  const [title, setTitle] = createSignal(props.guest.title);
  const [copy, setCopy] = createSignal(`${name.slice(0, 56)}-copy`);
  const rename = async (event: SubmitEvent) => {
    event.preventDefault();
    const done = await doing.run(
      'guest.rename',
      { guest: name, title: title().trim() },
      (guest) => `It is called ${guest.title} now.`,
    );
    if (done) props.again();
  };
  const clone = async (event: SubmitEvent) => {
    event.preventDefault();
    const made = await doing.run(
      'guest.clone',
      { guest: name, name: copy().trim() },
      (guest) => `${guest.title} was made.`,
    );
    if (made) desktop.open(`#/guest/${made.name}`);
  };
  const remove = async () => {
    const gone = await doing.run('guest.delete', { guest: name });
    if (gone) desktop.pages.close(`page:guest:${name}`);
  };
  return (
    <>
      <h2 class="section-title">Name, copy, delete</h2>
      <form class="form-row" onSubmit={(event) => void rename(event)}>
        <TextField label="Title" value={title()} input={setTitle} required />
        <button class="button" type="submit" aria-disabled={doing.busy()}>
          <Icon name="pencil" /> Rename
        </button>
      </form>
      <form class="form-row" onSubmit={(event) => void clone(event)}>
        <TextField
          label="Name of a copy"
          hint={nameHint}
          value={copy()}
          input={setCopy}
          pattern={pattern}
          required
        />
        <button class="button" type="submit" aria-disabled={doing.busy()}>
          <Icon name="copy" /> Copy
        </button>
      </form>
      <Said fault={doing.fault()} done={doing.done()} />
      <div class="page-actions">
        <button
          class="button dangerous"
          type="button"
          aria-disabled={doing.busy()}
          onClick={() => void remove()}
        >
          <Icon name="trash" /> Delete {props.guest.title}…
        </button>
      </div>
    </>
  );
}
