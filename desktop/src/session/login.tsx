// The page without a session: what to do, and a field for those who have the address elsewhere.

import { createEffect, createSignal, type JSX, Match, onCleanup, Show, Switch } from 'solid-js';
import { sentence } from '../api/sentence.ts';
import { Mark } from '../icons/icons.tsx';
import type { SessionModel } from './session.ts';
import { tokenInText } from './token.ts';
import './login.css';

export function Login(props: { readonly model: SessionModel }): JSX.Element {
  const session = () => props.model.session();
  // Without an answer there is nothing to sign in to: ask again until there is one.
  createEffect(() => {
    if (session().state !== 'unreachable') return;
    const timer = setTimeout(() => void props.model.check(), 1000);
    onCleanup(() => clearTimeout(timer));
  });
  return (
    <main class="login">
      <section class="login-card glass" aria-labelledby="login-title">
        <Mark />
        <h1 id="login-title">RayOS</h1>
        <Switch>
          <Match when={session().state === 'checking'}>
            <p class="login-lead" role="status">
              Signing in…
            </p>
          </Match>
          <Match when={session().state === 'unreachable'}>
            <p class="login-lead" role="status">
              RayOS does not answer at this address. If it was stopped, start it with{' '}
              <code>npm start</code>; this page goes on by itself.
            </p>
            <button class="button" type="button" onClick={() => void props.model.check()}>
              Try now
            </button>
          </Match>
          <Match when={session().state === 'out'}>
            <SignIn model={props.model} />
          </Match>
        </Switch>
      </section>
    </main>
  );
}

function SignIn(props: { readonly model: SessionModel }): JSX.Element {
  const [fault, setFault] = createSignal('');
  let field: HTMLInputElement | undefined;
  const refused = () => {
    const session = props.model.session();
    if (session.state !== 'out') return '';
    if (session.error) return `${sentence(session.error.message)} ${session.error.next}`;
    return '';
  };
  const expired = () => {
    const session = props.model.session();
    return session.state === 'out' && session.expired === true;
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const token = tokenInText(field?.value ?? '');
    if (token) void props.model.signIn(token);
    else {
      setFault('There is no token in this. Paste the whole address that the command printed.');
      field?.focus();
    }
  };
  return (
    <>
      <p class="login-lead">
        {expired() ? 'Your session has ended. ' : ''}Signing in takes a one-time address. On the
        machine that runs RayOS, run
      </p>
      <p class="login-command">
        <code>npx rayos login</code>
      </p>
      <p class="login-lead">and open the address that it prints, or paste it here.</p>
      <form class="login-form" onSubmit={submit}>
        <label for="login-token">One-time address</label>
        <input
          id="login-token"
          class="text-field"
          ref={field}
          autocomplete="off"
          spellcheck={false}
          placeholder="http://127.0.0.1…/#token=…"
          aria-describedby="login-fault"
          aria-invalid={fault() || refused() ? 'true' : undefined}
          onInput={() => setFault('')}
        />
        <p id="login-fault" class="login-fault" role="alert">
          <Show when={fault() || refused()}>{(text) => text()}</Show>
        </p>
        <button class="button primary" type="submit">
          Sign in
        </button>
      </form>
    </>
  );
}
