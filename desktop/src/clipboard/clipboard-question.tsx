// The one question about a guest's clipboard.

import { type JSX, onMount } from 'solid-js';
import { Modal } from '../desktop/modal.tsx';
import { useDesktop } from '../desktop/model.ts';

export function ClipboardQuestion(props: { readonly guest: string }): JSX.Element {
  const { clipboard, guestTitle } = useDesktop();
  let careful: HTMLButtonElement | undefined;
  onMount(() => careful?.focus());
  const title = () => guestTitle(props.guest);
  return (
    <Modal
      class="consent"
      label={`Clipboard of ${title()}`}
      close={() => void clipboard.answer(undefined)}
    >
      <h2>Share the clipboard with {title()}?</h2>
      <p class="consent-lead">
        Something was copied in {title()}. If you allow it, text and pictures that you copy there
        come to you, and what you copied goes to it whenever you enter its window. Its page changes
        this later.
      </p>
      <div class="consent-answers">
        <button
          class="button"
          type="button"
          ref={careful}
          onClick={() => void clipboard.answer('deny')}
        >
          Keep them apart
        </button>
        <button class="button primary" type="button" onClick={() => void clipboard.answer('allow')}>
          Share
        </button>
      </div>
    </Modal>
  );
}
