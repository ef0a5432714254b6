// The empty desktop: what is there, and the ways to begin.

import { createMemo, For, type JSX } from 'solid-js';
import { suggest } from '../intent-bar/suggest.ts';
import { clock } from '../tray/clock.ts';
import { useDesktop } from './model.ts';

export function Welcome(): JSX.Element {
  const { world, setDialog } = useDesktop();
  const examples = createMemo(() =>
    suggest('', world.guests, 9)
      .filter((s) => !s.open)
      .slice(0, 3),
  );
  const greeting = () => {
    const hour = clock().getHours();
    if (hour < 5) return 'Good night';
    if (hour < 12) return 'Good morning';
    return hour < 18 ? 'Good afternoon' : 'Good evening';
  };
  return (
    <section class="welcome" aria-labelledby="welcome-title">
      <h1 id="welcome-title">{greeting()}</h1>
      <p>
        Nothing is on screen. Choose a guest below, or press <kbd>/</kbd> and say what you want.
      </p>
      <ul class="welcome-examples" aria-label="For example">
        <For each={examples()}>
          {(example) => (
            <li>
              <button
                class="chip"
                type="button"
                onClick={() => setDialog({ kind: 'intent', text: example.text })}
              >
                {example.text}
              </button>
            </li>
          )}
        </For>
      </ul>
    </section>
  );
}
