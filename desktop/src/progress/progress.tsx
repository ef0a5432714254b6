// A bar for long work: with a share where one is known, else only that it goes on.

import { type JSX, Show } from 'solid-js';
import type { Work } from './progress.ts';
import './progress.css';

export function Progress(props: { readonly work: Work }): JSX.Element {
  return (
    <div class="work">
      <p class="work-what">{props.work.what}</p>
      <p class="work-step">
        {props.work.step}
        <Show when={props.work.fraction !== undefined}>
          {' '}
          {Math.floor((props.work.fraction ?? 0) * 100)} %
        </Show>
      </p>
      {/* A bar that goes on without a share has no value at all: undefined is none that it takes. */}
      <Show
        when={props.work.fraction !== undefined}
        fallback={<progress aria-label={props.work.what} />}
      >
        <progress aria-label={props.work.what} max="1" value={props.work.fraction ?? 0} />
      </Show>
    </div>
  );
}
