// The page of one guest: everything that it is, has and may, a section each.

import { For, type JSX, Match, Show, Switch } from 'solid-js';
import { Dynamic } from 'solid-js/web';
import type { GuestDetail } from '../../../src/contracts/index.ts';
import { sentence } from '../api/sentence.ts';
import { useDesktop } from '../desktop/model.ts';
import { Icon, type IconName } from '../icons/icons.tsx';
import { Console } from './console.tsx';
import { type Detail, watchDetail } from './detail.ts';
import { Folders } from './folders.tsx';
import { Log } from './log.tsx';
import { Machine } from './machine.tsx';
import { Network } from './network.tsx';
import { Overview } from './overview.tsx';
import { Snapshots } from './snapshots.tsx';
import './guest.css';

export type SectionProps = { readonly guest: GuestDetail; readonly again: () => void };
type Section = {
  readonly label: string;
  readonly icon: IconName;
  readonly view: (props: SectionProps) => JSX.Element;
};

const sections: Readonly<Record<string, Section>> = {
  overview: { label: 'Overview', icon: 'chart', view: Overview },
  machine: { label: 'Machine', icon: 'chip', view: Machine },
  network: { label: 'Network', icon: 'network', view: Network },
  folders: { label: 'Folders', icon: 'folder', view: Folders },
  snapshots: { label: 'Snapshots', icon: 'snapshot', view: Snapshots },
  console: { label: 'Console', icon: 'terminal', view: Console },
  log: { label: 'Log', icon: 'log', view: Log },
};
const names = Object.keys(sections);

export function GuestPage(props: {
  readonly guest: string;
  readonly section: string;
}): JSX.Element {
  const desktop = useDesktop();
  const watched: Detail = watchDetail(desktop, () => props.guest);
  const now = () => (Object.hasOwn(sections, props.section) ? props.section : 'overview');
  const go = (name: string) => desktop.open(`#/guest/${props.guest}/${name}`);
  const id = (name: string) => `guest-${props.guest}-${name}`;
  let list: HTMLElement | undefined;
  const keydown = (event: KeyboardEvent) => {
    const at = names.indexOf(now());
    const to = {
      ArrowDown: (at + 1) % names.length,
      ArrowUp: (at - 1 + names.length) % names.length,
      Home: 0,
      End: names.length - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    go(names[to] ?? 'overview');
    list?.querySelectorAll('button')[to]?.focus();
  };
  return (
    <>
      <div
        class="page-nav"
        ref={(element) => {
          list = element;
        }}
        role="tablist"
        tabIndex={-1}
        aria-orientation="vertical"
        aria-label="Sections"
        onKeyDown={keydown}
      >
        <For each={names}>
          {(name) => (
            <button
              class="page-tab"
              type="button"
              role="tab"
              id={id(name)}
              aria-selected={now() === name}
              aria-controls={`${id('panel')}`}
              tabIndex={now() === name ? 0 : -1}
              title={sections[name]?.label}
              onClick={() => go(name)}
            >
              <Icon name={sections[name]?.icon ?? 'info'} />
              <span>{sections[name]?.label}</span>
            </button>
          )}
        </For>
      </div>
      <div
        class="page-scroll"
        id={id('panel')}
        role="tabpanel"
        aria-labelledby={id(now())}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it.
        tabIndex={0}
      >
        <Switch fallback={<p class="page-lead">Looking…</p>}>
          <Match when={watched.detail()}>
            {(detail) => (
              <Show when={now()} keyed>
                {(name) => (
                  <Dynamic
                    component={sections[name]?.view ?? Overview}
                    guest={detail()}
                    again={watched.again}
                  />
                )}
              </Show>
            )}
          </Match>
          <Match when={watched.error()}>
            {(error) => (
              <p class="page-lead" role="alert">
                {sentence(error().message)} {error().next}
              </p>
            )}
          </Match>
        </Switch>
      </div>
    </>
  );
}
