// A plan, and the question whether it shall be carried out. What destroys something is agreed to by
// typing the name of what it destroys.

import { createSignal, createUniqueId, For, type JSX, onMount, Show } from 'solid-js';
import { sentence } from '../api/sentence.ts';
import { Modal } from '../desktop/modal.tsx';
import type { Question } from './consent.ts';
import './consent.css';

export function ConsentDialog(props: { readonly question: Question }): JSX.Element {
  const { plan, danger, answer } = props.question;
  const [typed, setTyped] = createSignal('');
  const field = createUniqueId();
  const destructive = danger === 'destructive';
  const agreed = () => !destructive || typed().trim() === plan.target;
  let first: HTMLElement | undefined;
  // The careful answer has the focus: Enter alone never agrees.
  onMount(() => first?.focus());
  return (
    <Modal class="consent" label={plan.summary} close={() => answer(false)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (agreed()) answer(true);
        }}
      >
        <h2>{plan.summary}</h2>
        <p class="consent-lead">This is what will happen:</p>
        <ol class="consent-steps">
          <For each={plan.steps}>{(step) => <li>{sentence(step)}</li>}</For>
        </ol>
        <Show when={destructive}>
          <label class="consent-label" for={field}>
            To agree, type <code>{plan.target}</code>
          </label>
          <input
            id={field}
            class="text-field"
            autocomplete="off"
            spellcheck={false}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </Show>
        <div class="consent-answers">
          <button
            class="button"
            type="button"
            ref={(element) => {
              first = element;
            }}
            onClick={() => answer(false)}
          >
            Leave it
          </button>
          <button class="button danger" type="submit" disabled={!agreed()}>
            Do it
          </button>
        </div>
      </form>
    </Modal>
  );
}
