// All windows as live thumbnails, newest first: choose one by arrows, pointer or by going on with the
// chord that opened it and letting go.

import { createSignal, For, type JSX, onCleanup, onMount } from 'solid-js';
import { Modal } from '../desktop/modal.tsx';
import { useDesktop } from '../desktop/model.ts';
import { Thumbnail } from './thumbnail.tsx';
import './switcher.css';

const thumbnailWidth = 240;

/** `held`: the chord's Ctrl is down, and letting go of it chooses. */
export function Switcher(props: { readonly held: boolean }): JSX.Element {
  const desktop = useDesktop();
  const { windows, setDialog } = desktop;
  const all = windows.stacking();
  const [at, setAt] = createSignal(all.length > 1 && props.held ? 1 : 0);
  let list: HTMLDivElement | undefined;

  const close = () => setDialog(undefined);
  const choose = (index: number) => {
    close();
    const window = all[index];
    if (window) windows.enter(window.id);
  };
  const go = (index: number) => {
    const next = (index + all.length) % Math.max(1, all.length);
    setAt(next);
    list?.querySelectorAll('button')[next]?.focus();
  };
  const keydown = (event: KeyboardEvent) => {
    const columns = columnsOf(list);
    const step = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: columns,
      ArrowUp: -columns,
      Tab: event.shiftKey ? -1 : 1,
    }[event.key];
    if (step !== undefined) go(at() + step);
    else if (event.code === 'Backquote') go(at() + (event.shiftKey ? -1 : 1));
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(all.length - 1);
    else return;
    event.preventDefault();
  };
  const keyup = (event: KeyboardEvent) => {
    if (props.held && event.key === 'Control') choose(at());
  };
  onMount(() => {
    go(at());
    document.addEventListener('keyup', keyup, true);
  });
  onCleanup(() => document.removeEventListener('keyup', keyup, true));

  return (
    <Modal class="switcher" label="Windows" close={close}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys of the buttons inside. */}
      <div class="switcher-list" ref={list} onKeyDown={keydown}>
        <For
          each={all}
          fallback={<p class="switcher-none">No window is open. The dock shows a guest.</p>}
        >
          {(window, index) => (
            <button
              class="switcher-window"
              type="button"
              tabIndex={at() === index() ? 0 : -1}
              aria-current={at() === index()}
              onFocus={() => setAt(index())}
              onClick={() => choose(index())}
            >
              <Thumbnail window={window.id} width={thumbnailWidth} />
              <span class="switcher-name">{desktop.titleOf(window.id)}</span>
              <span class="switcher-state">{window.minimized ? 'Minimized' : ''}</span>
            </button>
          )}
        </For>
      </div>
    </Modal>
  );
}

/** How many thumbnails stand side by side now. */
function columnsOf(list: HTMLElement | undefined): number {
  const tops = [...(list?.querySelectorAll('button') ?? [])].map((b) => b.offsetTop);
  return Math.max(1, tops.filter((top) => top === tops[0]).length);
}
