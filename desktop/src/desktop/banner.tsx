// Told when the daemon does not answer, without pretending that anything else is broken.

import { type JSX, Show } from 'solid-js';
import { Icon } from '../icons/icons.tsx';
import { useDesktop } from './model.ts';

export function Banner(): JSX.Element {
  const { link } = useDesktop();
  return (
    <div role="status" class="banner-place">
      <Show when={link.status() === 'lost'}>
        <div class="banner glass">
          <Icon name="warning" />
          <p>
            <strong>RayOS does not answer.</strong> Trying again… What you see is what was last
            known. If RayOS was stopped, start it with <code>npm start</code>.
          </p>
          <button class="button" type="button" onClick={link.retry}>
            Try now
          </button>
        </div>
      </Show>
    </div>
  );
}
