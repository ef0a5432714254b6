// A button that opens a menu, and has the focus again when it closes.

import { createSignal, type JSX, Show } from 'solid-js';
import { Icon, type IconName } from '../icons/icons.tsx';
import { Menu, type MenuItem } from './menu.tsx';

type Props = {
  readonly label: string;
  readonly icon: IconName;
  readonly class?: string;
  /** Read when it opens: only what makes sense now. */
  readonly items: () => readonly MenuItem[];
  readonly ref?: (button: HTMLButtonElement) => void;
};

export function MenuButton(props: Props): JSX.Element {
  const [open, setOpen] = createSignal(false);
  let button: HTMLButtonElement | undefined;
  return (
    <>
      <button
        class={`icon-button ${props.class ?? ''}`}
        type="button"
        ref={(element) => {
          button = element;
          props.ref?.(element);
        }}
        aria-label={props.label}
        title={props.label}
        aria-haspopup="menu"
        aria-expanded={open()}
        onClick={() => setOpen(!open())}
      >
        <Icon name={props.icon} />
      </button>
      <Show when={open()}>
        <Menu
          items={props.items()}
          label={props.label}
          anchor={button}
          close={() => {
            setOpen(false);
            button?.focus();
          }}
          dismiss={() => setOpen(false)}
        />
      </Show>
    </>
  );
}
