// The keys of the desktop, by the place where they work.

import { For, type JSX } from 'solid-js';
import { Dynamic } from 'solid-js/web';
import { shortcuts } from './shortcuts.ts';

/** `level`: of its headings, below the heading that it stands under. */
export function KeysTable(props: { readonly level: 2 | 3 }): JSX.Element {
  return (
    <For each={shortcuts}>
      {([where, keys]) => (
        <section class="keys-group">
          <Dynamic component={`h${props.level}`}>{where}</Dynamic>
          <dl class="rows">
            <For each={keys}>
              {([key, what]) => (
                <div>
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{what}</dd>
                </div>
              )}
            </For>
          </dl>
        </section>
      )}
    </For>
  );
}
