// A menu at a button. Arrow keys move, letters find, Enter chooses, Escape closes. It stands where there
// is room for it, out of the flow, so that nothing clips it.

import { For, type JSX, onCleanup, onMount, Show, untrack } from 'solid-js';
import { Portal } from 'solid-js/web';
import { Icon, type IconName } from '../icons/icons.tsx';
import './menu.css';

export type MenuItem = {
  readonly icon: IconName;
  readonly label: string;
  /** The keys that do the same. */
  readonly keys?: string | undefined;
  readonly act: () => void;
  readonly danger?: boolean;
  /** For what can be on or off. */
  readonly checked?: boolean;
  /** A line above it. */
  readonly apart?: boolean;
};

type Props = {
  readonly items: readonly MenuItem[];
  readonly label: string;
  readonly anchor: HTMLElement | undefined;
  /** Closes and gives the focus back. */
  readonly close: () => void;
  /** Closes; the focus is elsewhere already. */
  readonly dismiss: () => void;
};

const gap = 8;

export function Menu(props: Props): JSX.Element {
  let menu: HTMLDivElement | undefined;
  // As they were when it opened: what changes under the hand is pressed by mistake, and drops the focus.
  const items = untrack(() => props.items);
  const buttons = () => [...(menu?.querySelectorAll('button') ?? [])];
  const keydown = (event: KeyboardEvent) => {
    const all = buttons();
    const now = all.indexOf(document.activeElement as HTMLButtonElement);
    const to = {
      ArrowDown: (now + 1) % all.length,
      ArrowUp: (now - 1 + all.length) % all.length,
      Home: 0,
      End: all.length - 1,
    }[event.key];
    if (to !== undefined) all[to]?.focus();
    else if (event.key === 'Escape') props.close();
    else if (event.key === 'Tab') props.dismiss();
    else if (/^\p{L}$/u.test(event.key) && !event.ctrlKey && !event.altKey && !event.metaKey)
      find(all, now, event.key)?.focus();
    else if (event.key !== 'Enter' && event.key !== ' ') return;
    if (!['Tab', 'Enter', ' '].includes(event.key)) event.preventDefault();
    event.stopPropagation();
  };
  const outside = (event: PointerEvent) => {
    const at = event.target as Node;
    if (!menu?.contains(at) && !props.anchor?.contains(at)) props.dismiss();
  };
  const place = () => {
    if (!menu) return;
    const at = props.anchor?.getBoundingClientRect() ?? new DOMRect(gap, gap, 0, 0);
    const { width, height } = menu.getBoundingClientRect();
    const below = at.bottom + gap + height <= innerHeight;
    const top = below ? at.bottom + gap : at.top - gap - height;
    const left = at.left + width + gap <= innerWidth ? at.left : at.right - width;
    menu.style.left = `${Math.max(gap, Math.min(left, innerWidth - width - gap))}px`;
    menu.style.top = `${Math.max(gap, Math.min(top, innerHeight - height - gap))}px`;
  };
  onMount(() => {
    document.addEventListener('pointerdown', outside, true);
    place();
    buttons()[0]?.focus();
  });
  onCleanup(() => document.removeEventListener('pointerdown', outside, true));

  return (
    <Portal>
      <div class="menu" ref={menu}>
        <div
          class="menu-items"
          role="menu"
          tabIndex={-1}
          aria-label={props.label}
          onKeyDown={keydown}
        >
          <For each={items}>
            {(item) => (
              // biome-ignore lint/a11y/useAriaPropsSupportedByRole: the role is a checkbox's whenever it can be checked.
              <button
                class="menu-item"
                classList={{ danger: item.danger === true, apart: item.apart === true }}
                type="button"
                role={item.checked === undefined ? 'menuitem' : 'menuitemcheckbox'}
                aria-checked={item.checked}
                tabIndex={-1}
                onClick={() => {
                  props.close();
                  item.act();
                }}
              >
                <Icon name={item.checked === true ? 'check' : item.icon} />
                <span>{item.label}</span>
                <Show when={item.keys}>
                  <kbd>{item.keys}</kbd>
                </Show>
              </button>
            )}
          </For>
        </div>
      </div>
    </Portal>
  );
}

function find(
  all: readonly HTMLButtonElement[],
  now: number,
  letter: string,
): HTMLButtonElement | undefined {
  const from = [...all.slice(now + 1), ...all.slice(0, now + 1)];
  return from.find((button) =>
    button.textContent?.trim().toLowerCase().startsWith(letter.toLowerCase()),
  );
}
