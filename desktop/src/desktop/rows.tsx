// Names and values, one pair a row.

import { For, type JSX } from 'solid-js';

export function Rows(props: {
  readonly rows: readonly (readonly [name: string, value: JSX.Element])[];
}): JSX.Element {
  return (
    <dl class="rows">
      <For each={props.rows}>
        {([name, value]) => (
          <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        )}
      </For>
    </dl>
  );
}
