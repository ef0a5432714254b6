// One guest in detail: what it is made of, and what really holds it apart from the machine.

import { createResource, type JSX, Match, Switch } from 'solid-js';
import { sentence } from '../api/sentence.ts';
import { Icon } from '../icons/icons.tsx';
import { tell } from '../intent-bar/outcome.ts';
import { Modal } from './modal.tsx';
import { useDesktop } from './model.ts';
import { Rows } from './rows.tsx';

export function GuestDialog(props: { readonly guest: string }): JSX.Element {
  const { setDialog, run, world } = useDesktop();
  const [outcome] = createResource(() => run('guest.show', { guest: props.guest }));
  const close = () => setDialog(undefined);
  const title = () => world.guests.find((g) => g.name === props.guest)?.title ?? props.guest;
  const detail = () => {
    const seen = outcome();
    return seen?.kind === 'done' ? tell('guest.show', seen.result) : undefined;
  };
  const error = () => {
    const seen = outcome();
    return seen?.kind === 'failed' ? seen.error : undefined;
  };
  return (
    <Modal class="sheet" label={`Details of ${title()}`} close={close}>
      <header class="sheet-head">
        <h2>{title()}</h2>
        <button class="icon-button" type="button" aria-label="Close" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <Switch fallback={<p class="sheet-lead">Looking…</p>}>
        <Match when={error()}>
          {(fault) => (
            <p class="sheet-lead" role="alert">
              {sentence(fault().message)} {fault().next}
            </p>
          )}
        </Match>
        <Match when={detail()?.rows}>{(rows) => <Rows rows={rows()} />}</Match>
      </Switch>
    </Modal>
  );
}
