// What can be done with a guest now. Arrow keys move, Enter chooses, Escape closes.

import { For, type JSX, onCleanup, onMount } from 'solid-js';
import { Portal } from 'solid-js/web';
import type { Guest } from '../../../src/contracts/index.ts';
import { type DesktopModel, useDesktop } from '../desktop/model.ts';
import { Icon, type IconName } from '../icons/icons.tsx';
import { saveScreenshot } from './screenshot.ts';

type Props = {
  readonly guest: Guest;
  /** What it stands above. */
  readonly above: HTMLElement | undefined;
  /** Closes and gives the focus back to the dock. */
  readonly close: () => void;
  /** Closes; the focus is elsewhere already. */
  readonly dismiss: () => void;
};
type Item = {
  readonly icon: IconName;
  readonly label: string;
  readonly act: () => void;
  readonly danger?: boolean;
};

/** The style sheet's width. */
const menuWidth = 232;

export function GuestMenu(props: Props): JSX.Element {
  const desktop = useDesktop();
  const items = itemsFor(props.guest, desktop);
  let menu: HTMLDivElement | undefined;

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
    else return;
    if (event.key !== 'Tab') event.preventDefault();
    event.stopPropagation();
  };
  const outside = (event: PointerEvent) => {
    const at = event.target as Node;
    if (!menu?.contains(at) && !props.above?.contains(at)) props.dismiss();
  };
  onMount(() => {
    document.addEventListener('pointerdown', outside, true);
    buttons()[0]?.focus();
  });
  onCleanup(() => document.removeEventListener('pointerdown', outside, true));

  // Out of the dock, whose glass and scrolling would clip it.
  const box = props.above?.getBoundingClientRect();
  return (
    <Portal>
      <div
        class="menu"
        ref={menu}
        role="menu"
        tabIndex={-1}
        aria-label={props.guest.title}
        style={{
          left: `${Math.max(8, Math.min(box?.left ?? 0, innerWidth - menuWidth - 8))}px`,
          bottom: `${innerHeight - (box?.top ?? 0) + 12}px`,
        }}
        onKeyDown={keydown}
      >
        <For each={items}>
          {(item) => (
            <button
              class="menu-item"
              classList={{ danger: item.danger === true }}
              type="button"
              role="menuitem"
              tabIndex={-1}
              onClick={() => {
                props.close();
                item.act();
              }}
            >
              <Icon name={item.icon} />
              {item.label}
            </button>
          )}
        </For>
      </div>
    </Portal>
  );
}

/** Only what makes sense in the guest's present state. */
function itemsFor(guest: Guest, desktop: DesktopModel): readonly Item[] {
  const { act, show, setDialog } = desktop;
  const { name, state, presented } = guest;
  const runs = state === 'running' || state === 'starting' || state === 'paused';
  const when = (condition: boolean, item: Item): Item[] => (condition ? [item] : []);
  return [
    { icon: 'show', label: presented ? 'Go to its window' : 'Show', act: () => show(name) },
    ...when(presented, {
      icon: 'hide',
      label: 'Hide (it runs on)',
      act: () => void act('guest.hide', name),
    }),
    ...when(presented, {
      icon: 'camera',
      label: 'Save a picture',
      act: () => void saveScreenshot(guest, desktop),
    }),
    ...when(!runs, {
      icon: 'play',
      label: 'Start without showing',
      act: () => void act('guest.start', name),
    }),
    { icon: 'info', label: 'Details', act: () => setDialog({ kind: 'guest', guest: name }) },
    ...when(runs, { icon: 'stop', label: 'Stop', act: () => void act('guest.stop', name) }),
    ...when(runs, {
      icon: 'bolt',
      label: 'End at once…',
      danger: true,
      act: () => void act('guest.kill', name),
    }),
  ];
}
