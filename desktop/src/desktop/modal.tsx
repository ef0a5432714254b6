// A modal dialog: the browser's own, which keeps the focus inside and gives it back at the end.

import { type JSX, onCleanup, onMount } from 'solid-js';

type Props = {
  readonly class: string;
  readonly label: string;
  readonly close: () => void;
  readonly children: JSX.Element;
};

export function Modal(props: Props): JSX.Element {
  let dialog: HTMLDialogElement | undefined;
  onMount(() => dialog?.showModal());
  onCleanup(() => dialog?.close());
  return (
    <dialog
      class={`modal ${props.class}`}
      ref={dialog}
      aria-label={props.label}
      onCancel={(event) => {
        event.preventDefault();
        props.close();
      }}
      // A press outside: the dialog itself is only hit through its backdrop.
      onPointerDown={(event) => event.target === dialog && props.close()}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <div class="modal-body glass">{props.children}</div>
    </dialog>
  );
}
