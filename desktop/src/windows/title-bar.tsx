// A window's title bar: whose it is, how it is, and the window's controls. With the focus on it, single
// keys do what the pointer does.

import { createSignal, type JSX, Show } from 'solid-js';
import { useDesktop } from '../desktop/model.ts';
import { Icon } from '../icons/icons.tsx';
import type { MenuItem } from '../menu/menu.tsx';
import { MenuButton } from '../menu/menu-button.tsx';
import { releaseChord } from '../viewer/platform.ts';
import { dragging } from './drag.ts';
import { toggleWindowFullScreen } from './full-screen.ts';
import type { Size } from './geometry.ts';
import { moving } from './move.ts';
import { titleBarKey } from './window-keys.ts';

type Props = {
  readonly id: string;
  readonly title: string;
  readonly lead?: JSX.Element;
  readonly note?: JSX.Element;
  readonly tools?: JSX.Element;
  readonly menu: () => readonly MenuItem[];
  readonly mute?: () => void;
  readonly exact: Size | undefined;
  readonly enterHint: string;
  readonly closeLabel: string;
  readonly close: () => void;
  readonly ref: (title: HTMLElement) => void;
};

export function TitleBar(props: Props): JSX.Element {
  const { windows, setDialog } = useDesktop();
  const { id } = props;
  const [arranging, setArranging] = createSignal(false);
  const maximized = () => windows.isMaximized(id);
  const entered = () => windows.keyboard() === id;
  const inTools = (event: Event) => (event.target as Element).closest('.window-tools') !== null;
  const fullScreen = () => toggleWindowFullScreen(windows, id);
  let menuButton: HTMLButtonElement | undefined;
  let before: Parameters<typeof windows.restore>[1] | undefined;

  const keydown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && before) {
      windows.restore(id, before);
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      menuButton?.click();
      event.preventDefault();
      return;
    }
    const of = {
      id,
      exact: props.exact,
      close: props.close,
      fullScreen,
      mute: props.mute ?? (() => {}),
      switcher: () => setDialog({ kind: 'switcher', held: false }),
    };
    if (titleBarKey(event, windows, of)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a pointer's shortcut; its buttons do the same.
    <header
      class="title-bar"
      ref={(element) =>
        dragging(element, {
          begin: (event) => (inTools(event) ? undefined : moving(windows, id, event)),
        })
      }
      onDblClick={(event) => {
        if (!inTools(event)) windows.toggleMaximized(id);
      }}
      onContextMenu={(event) => {
        event.preventDefault();
        if (!inTools(event)) menuButton?.click();
      }}
    >
      <button
        class="window-title"
        type="button"
        ref={(element) => props.ref(element)}
        data-window-bar={id}
        aria-label={`${props.title}, window. ${props.enterHint}`}
        aria-keyshortcuts="Enter M N F T W S H ArrowLeft ArrowRight ArrowUp ArrowDown"
        onKeyDown={keydown}
        onFocus={(event) => {
          const window = windows.get(id);
          before = window && { rect: window.rect, cell: window.cell };
          setArranging(event.currentTarget.matches(':focus-visible'));
        }}
        onBlur={() => setArranging(false)}
      >
        {props.lead}
        <span class="window-name">{props.title}</span>
        {props.note}
      </button>
      <p class="window-hint" aria-hidden="true">
        <Show when={entered()}>
          <kbd>{releaseChord}</kbd> frees the keyboard
        </Show>
        <Show when={arranging()}>
          <kbd>Arrows</kbd> move <kbd>1–9</kbd> snap <kbd>?</kbd> keys
        </Show>
      </p>
      <div class="window-tools">
        {props.tools}
        <MenuButton
          label={`Menu of ${props.title}`}
          icon="down"
          items={props.menu}
          ref={(element) => {
            menuButton = element;
          }}
        />
        <Tool icon="minimize" label="Minimize" act={() => windows.setMinimized(id, true)} />
        <Tool
          icon={maximized() ? 'restore' : 'maximize'}
          label={maximized() ? 'Restore' : 'Maximize'}
          act={() => windows.toggleMaximized(id)}
        />
        <Tool icon="close" label={props.closeLabel} act={props.close} />
      </div>
    </header>
  );
}

type ToolProps = {
  readonly icon: Parameters<typeof Icon>[0]['name'];
  readonly label: string;
  readonly act: () => void;
};

function Tool(props: ToolProps): JSX.Element {
  return (
    <button
      class="icon-button"
      type="button"
      aria-label={props.label}
      title={props.label}
      onClick={() => props.act()}
    >
      <Icon name={props.icon} />
    </button>
  );
}
