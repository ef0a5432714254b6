// The keys of the desktop, in a list.

import { For, type JSX } from 'solid-js';
import { Icon } from '../icons/icons.tsx';
import { Modal } from './modal.tsx';
import { useDesktop } from './model.ts';
import { shortcuts } from './shortcuts.ts';

export function KeysDialog(): JSX.Element {
  const { setDialog } = useDesktop();
  const close = () => setDialog(undefined);
  return (
    <Modal class="sheet" label="Keys" close={close}>
      <header class="sheet-head">
        <h2>Keys</h2>
        <button class="icon-button" type="button" aria-label="Close" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <p class="sheet-lead">
        While a guest has the keyboard, every key goes to it, except the chord that gives the
        keyboard back. The browser keeps a few for itself, such as Ctrl+W; in full screen fewer.
      </p>
      <dl class="rows">
        <For each={shortcuts}>
          {([keys, what]) => (
            <div>
              <dt>
                <kbd>{keys}</kbd>
              </dt>
              <dd>{what}</dd>
            </div>
          )}
        </For>
      </dl>
    </Modal>
  );
}
