// The keys of the desktop, by the place where they work.

import { For, type JSX } from 'solid-js';
import { shortcuts } from './shortcuts.ts';

export function KeysTable(): JSX.Element {
  return (
    <For each={shortcuts}>
      {([where, keys]) => (
        <section class="keys-group">
          <h3>{where}</h3>
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
