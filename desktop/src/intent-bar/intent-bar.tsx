// The intent bar: say what you want, see what it is taken to mean, see what came of it.

import { createEffect, createMemo, createSignal, For, type JSX, on, onMount, Show } from 'solid-js';
import { Modal } from '../desktop/modal.tsx';
import { useDesktop } from '../desktop/model.ts';
import { Mark } from '../icons/icons.tsx';
import { readHistory } from './history.ts';
import { createIntent } from './intent.ts';
import { Outcome } from './outcome-view.tsx';
import { type Suggestion, suggest } from './suggest.ts';
import './intent-bar.css';

const option = (index: number) => `intent-option-${index}`;

export function IntentBar(): JSX.Element {
  const desktop = useDesktop();
  const opened = desktop.dialog();
  const intent = createIntent(desktop);
  const [text, setText] = createSignal(opened?.kind === 'intent' ? opened.text : '');
  const [chosen, setChosen] = createSignal(-1);
  const suggestions = createMemo(() => suggest(text(), desktop.world.guests));
  const idle = () => intent.progress().step === 'nothing';
  let field: HTMLInputElement | undefined;

  const close = () => desktop.setDialog(undefined);
  onMount(() => {
    field?.focus();
    field?.setSelectionRange(text().length, text().length);
  });
  createEffect(on(suggestions, () => setChosen(-1)));

  const write = (value: string) => {
    setText(value);
    if (field) field.value = value;
    field?.focus();
  };
  const submit = async (value: string) => {
    const wanted = value.trim();
    if (wanted === '' || intent.progress().step === 'running') return;
    write(wanted);
    const end = await intent.submit(wanted);
    if (end.step === 'done' && end.opened) close();
    if (end.step !== 'done' || end.meaning.command !== 'guest.present') return;
    // The window itself is the answer: make way for it, and leave the words as a notice.
    close();
    const { surface, told } = end;
    desktop.notices.add({ key: `shown:${surface}`, tone: 'good', title: told.sentence });
    if (surface) desktop.windows.enter(surface);
  };
  const take = (suggestion: Suggestion) => {
    if (suggestion.open) write(suggestion.text);
    else void submit(suggestion.text);
  };
  const past = readHistory();
  let back = -1;
  /** What was asked for before, by ArrowUp from an empty line on. */
  const remember = (step: 1 | -1): boolean => {
    if (back < 0 && (step < 0 || text() !== '')) return false;
    back = Math.min(past.length - 1, back + step);
    write(back < 0 ? '' : (past[back] ?? ''));
    intent.reset();
    return past.length > 0;
  };
  const keydown = (event: KeyboardEvent) => {
    const all = suggestions();
    const pick = all[chosen()];
    if (event.key === 'ArrowUp' && chosen() < 0 && remember(1)) {
      event.preventDefault();
      return;
    }
    if (event.key === 'ArrowDown' && back >= 0 && remember(-1)) {
      event.preventDefault();
      return;
    }
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const step = event.key === 'ArrowDown' ? 1 : -1;
      if (all.length > 0)
        setChosen((now) =>
          now < 0 && step < 0 ? all.length - 1 : (now + step + all.length) % all.length,
        );
    } else if (event.key === 'Tab' && !event.shiftKey && idle() && all.length > 0) {
      write((pick ?? all[0])?.text ?? '');
    } else if (event.key === 'Enter') {
      if (pick) take(pick);
      else void submit(text());
    } else return;
    event.preventDefault();
  };

  return (
    <Modal class="intent" label="Say what you want" close={close}>
      <div class="intent-line">
        <Mark />
        <input
          ref={field}
          class="intent-field"
          role="combobox"
          aria-label="What you want"
          aria-autocomplete="list"
          aria-expanded={idle() && suggestions().length > 0}
          aria-controls="intent-list"
          aria-activedescendant={chosen() >= 0 ? option(chosen()) : undefined}
          autocomplete="off"
          spellcheck={false}
          maxLength={1000}
          placeholder="Say what you want, or type a command"
          value={text()}
          onInput={(event) => {
            setText(event.currentTarget.value);
            back = -1;
            intent.reset();
          }}
          onKeyDown={keydown}
        />
        <kbd>{idle() && !text() ? 'Esc' : 'Enter'}</kbd>
      </div>
      <Show when={idle()}>
        <div id="intent-list" class="intent-list" role="listbox" aria-label="Suggestions">
          <For each={suggestions()}>
            {(suggestion, index) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard acts through the combobox.
              <div
                id={option(index())}
                class="intent-option"
                role="option"
                tabIndex={-1}
                aria-selected={chosen() === index()}
                onPointerMove={() => setChosen(index())}
                onClick={() => take(suggestion)}
              >
                <span class="intent-phrase">
                  {suggestion.text}
                  {suggestion.open ? '…' : ''}
                </span>
                <span class="intent-summary">{suggestion.summary}</span>
              </div>
            )}
          </For>
        </div>
        <Show when={suggestions().length === 0}>
          <p class="intent-none">Press Enter and RayOS will say what it understands.</p>
        </Show>
      </Show>
      <Outcome progress={intent.progress()} />
    </Modal>
  );
}
