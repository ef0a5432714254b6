// The keys of the desktop, in a list.

import type { JSX } from 'solid-js';
import { Icon } from '../icons/icons.tsx';
import { KeysTable } from './keys-table.tsx';
import { Modal } from './modal.tsx';
import { useDesktop } from './model.ts';

export function KeysDialog(): JSX.Element {
  const { setDialog, open } = useDesktop();
  const close = () => setDialog(undefined);
  return (
    <Modal class="sheet wide" label="Keys" close={close}>
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
      <KeysTable level={3} />
      <p class="sheet-foot">
        <button
          class="button"
          type="button"
          onClick={() => {
            close();
            open('#/help');
          }}
        >
          <Icon name="help" /> Help
        </button>
      </p>
    </Modal>
  );
}
