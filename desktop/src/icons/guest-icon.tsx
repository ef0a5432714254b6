// A guest's icon: a tile whose hue follows from its name, with a sign for the kind of system in it.

import { type JSX, Match, Switch } from 'solid-js';
import { hueOf } from './hue.ts';

type Props = { readonly name: string; readonly recipe: string };

export function GuestIcon(props: Props): JSX.Element {
  const hue = () => hueOf(props.name);
  return (
    <svg
      class="guest-icon"
      classList={{ [`hue-${hue()}`]: true }}
      viewBox="0 0 40 40"
      aria-hidden="true"
    >
      <rect class="guest-tile" width="40" height="40" rx="10" />
      <path
        class="guest-shine"
        d="M0 10A10 10 0 0 1 10 0h20a10 10 0 0 1 10 10v6C28 22 12 22 0 16z"
      />
      <Switch fallback={<path class="guest-sign" d="M9 12h22v14H9zM16 31h8M20 26v5" />}>
        <Match when={/windows/.test(props.recipe)}>
          <path
            class="guest-sign"
            d="M11 12.5l7.5-1v8H11zM21.5 11l8-1v9.5h-8zM11 22.5h7.5v8l-7.5-1zM21.5 22.5h8V32l-8-1z"
          />
        </Match>
        <Match when={/linux|debian|desktop/.test(props.recipe)}>
          <path class="guest-sign" d="M8 11h24v18H8zM12.5 17l3.5 3-3.5 3M18.5 24h6" />
        </Match>
      </Switch>
    </svg>
  );
}
