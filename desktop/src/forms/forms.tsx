// The controls that pages are made of: each has a label that is read out, and works by keyboard alone.

import { createUniqueId, For, type JSX, Show } from 'solid-js';
import './forms.css';

type ChoiceProps<T extends string> = {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly choices: readonly (readonly [value: T, label: string])[];
  readonly value: T;
  readonly change: (value: T) => void;
};

/** One of a few, all in sight. */
export function Choice<T extends string>(props: ChoiceProps<T>): JSX.Element {
  const name = createUniqueId();
  return (
    <fieldset class="field choice">
      <legend>{props.label}</legend>
      <div class="segments">
        <For each={props.choices}>
          {([value, label]) => (
            <label class="segment">
              <input
                type="radio"
                name={name}
                checked={props.value === value}
                onChange={(event) => {
                  // What is shown is what is, not what was asked for.
                  for (const [i, radio] of radiosOf(event.currentTarget).entries())
                    radio.checked = props.choices[i]?.[0] === props.value;
                  props.change(value);
                }}
              />
              <span>{label}</span>
            </label>
          )}
        </For>
      </div>
      <Show when={props.hint}>
        <p class="field-hint">{props.hint}</p>
      </Show>
    </fieldset>
  );
}

/** The radio buttons of a group, in their order. */
function radiosOf(one: HTMLInputElement): HTMLInputElement[] {
  const group = one.closest('.segments');
  return [...(group?.querySelectorAll<HTMLInputElement>('input') ?? [])];
}

type SwitchProps = {
  readonly label: string;
  readonly hint?: string;
  readonly on: boolean;
  readonly change: (on: boolean) => void;
  readonly disabled?: boolean;
};

export function Toggle(props: SwitchProps): JSX.Element {
  const id = createUniqueId();
  return (
    <div class="field toggle">
      <div>
        <label for={id}>{props.label}</label>
        <Show when={props.hint}>
          <p class="field-hint" id={`${id}-hint`}>
            {props.hint}
          </p>
        </Show>
      </div>
      <input
        id={id}
        class="switch"
        type="checkbox"
        role="switch"
        aria-checked={props.on}
        checked={props.on}
        disabled={props.disabled === true}
        aria-describedby={props.hint ? `${id}-hint` : undefined}
        onChange={(event) => {
          const wanted = event.currentTarget.checked;
          // The switch shows what is, not what was asked for.
          event.currentTarget.checked = props.on;
          props.change(wanted);
        }}
      />
    </div>
  );
}

type TextProps = {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly value: string;
  readonly input: (value: string) => void;
  readonly type?: 'text' | 'number';
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  readonly unit?: string;
  readonly placeholder?: string;
  readonly pattern?: string;
  readonly required?: boolean;
  readonly ref?: (field: HTMLInputElement) => void;
};

export function TextField(props: TextProps): JSX.Element {
  const id = createUniqueId();
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <span class="field-line">
        <input
          id={id}
          class="text-field"
          ref={(field) => props.ref?.(field)}
          type={props.type ?? 'text'}
          value={props.value}
          min={props.min}
          max={props.max}
          step={props.step}
          pattern={props.pattern}
          required={props.required === true}
          placeholder={props.placeholder}
          autocomplete="off"
          spellcheck={false}
          aria-describedby={props.hint ? `${id}-hint` : undefined}
          onInput={(event) => props.input(event.currentTarget.value)}
        />
        <Show when={props.unit}>
          <span class="field-unit">{props.unit}</span>
        </Show>
      </span>
      <Show when={props.hint}>
        <p class="field-hint" id={`${id}-hint`}>
          {props.hint}
        </p>
      </Show>
    </div>
  );
}

/** What went wrong, or what was done, below the form that asked for it. */
export function Said(props: { readonly fault: string; readonly done: string }): JSX.Element {
  return (
    <div class="said" role="status">
      <Show
        when={props.fault}
        fallback={<Show when={props.done}>{(text) => <p>{text()}</p>}</Show>}
      >
        {(text) => (
          <p class="said-fault" role="alert">
            {text()}
          </p>
        )}
      </Show>
    </div>
  );
}
