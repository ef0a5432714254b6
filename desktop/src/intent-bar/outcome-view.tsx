// How an intent goes and went, below the line that it was typed in.

import { type JSX, Match, Show, Switch } from 'solid-js';
import { sentence } from '../api/sentence.ts';
import { useDesktop } from '../desktop/model.ts';
import { Rows } from '../desktop/rows.tsx';
import { download } from '../dock/screenshot.ts';
import { Icon } from '../icons/icons.tsx';
import type { Meaning, Progress } from './intent.ts';
import type { Told } from './outcome.ts';

export function Outcome(props: { readonly progress: Progress }): JSX.Element {
  const at = <S extends Progress['step']>(step: S) =>
    props.progress.step === step ? (props.progress as Extract<Progress, { step: S }>) : undefined;
  const meaning = () => ('meaning' in props.progress ? props.progress.meaning : undefined);
  const named = (m: Meaning) => [m.command, ...Object.values(m.arguments)].join(' ');
  const { consent } = useDesktop();
  const asking = () => consent.question() !== undefined;
  return (
    <div class="outcome" role="status">
      <Show when={meaning()}>
        {(m) => (
          <p class="outcome-meaning">
            <span>Understood as</span> <code>{named(m())}</code> <span>{m().summary}</span>
          </p>
        )}
      </Show>
      <Switch>
        <Match when={at('understanding')}>
          <p class="outcome-working">Understanding…</p>
        </Match>
        <Match when={at('running')}>
          <p class="outcome-working">{asking() ? 'It waits for your consent.' : 'Doing it…'}</p>
        </Match>
        <Match when={at('declined')}>
          <p class="outcome-line">Left as it is. Nothing was done.</p>
        </Match>
        <Match when={at('failed')}>
          {(failed) => (
            <div class="outcome-line" data-tone="error">
              <Icon name="warning" />
              <p>
                <strong>{sentence(failed().error.message)}</strong>
                <br />
                {failed().error.next}
              </p>
            </div>
          )}
        </Match>
        <Match when={at('done')}>{(done) => <Observed told={done().told} />}</Match>
      </Switch>
    </div>
  );
}

function Observed(props: { readonly told: Told }): JSX.Element {
  return (
    <>
      <div class="outcome-line" data-tone="good">
        <Icon name="check" />
        <p>
          <strong>{props.told.sentence}</strong>
        </p>
      </div>
      <Show when={props.told.rows}>{(rows) => <Rows rows={rows()} />}</Show>
      <Show when={props.told.lines}>
        {(lines) => <pre class="outcome-lines">{lines().join('\n')}</pre>}
      </Show>
      <Show when={props.told.picture}>
        {(picture) => (
          <figure class="outcome-picture">
            <img src={`data:image/png;base64,${picture().data}`} alt="What was on the screen" />
            <button
              class="button"
              type="button"
              onClick={() => download(picture().data, picture().fileName)}
            >
              Save the picture
            </button>
          </figure>
        )}
      </Show>
    </>
  );
}
