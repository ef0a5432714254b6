// Sign-in or desktop, on the same wallpaper.

import { type JSX, Match, Switch } from 'solid-js';
import { Desktop } from './desktop/desktop.tsx';
import { Login } from './session/login.tsx';
import { createSession } from './session/session.ts';
import { Wallpaper } from './wallpaper/wallpaper.tsx';

export function App(): JSX.Element {
  const model = createSession();
  return (
    <>
      <Wallpaper />
      <Switch fallback={<Login model={model} />}>
        <Match when={model.session().state === 'in'}>
          <Desktop session={model} />
        </Match>
      </Switch>
    </>
  );
}
