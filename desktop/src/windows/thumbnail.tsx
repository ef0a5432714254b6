// A live thumbnail of a window: the guest's screen, or the sign of a page.

import { type JSX, onCleanup, onMount, Show } from 'solid-js';
import { Icon } from '../icons/icons.tsx';
import { pageIcon } from '../pages/pages.ts';
import { openThumbnail } from '../viewer/thumbnail.ts';
import { pagePrefix } from './windows.ts';

export function Thumbnail(props: { readonly window: string; readonly width: number }): JSX.Element {
  return (
    <span class="thumbnail" aria-hidden="true">
      <Show
        when={!props.window.startsWith(pagePrefix)}
        fallback={<Icon name={pageIcon(props.window)} />}
      >
        <Live surface={props.window} width={props.width} />
      </Show>
    </span>
  );
}

function Live(props: { readonly surface: string; readonly width: number }): JSX.Element {
  let canvas!: HTMLCanvasElement;
  onMount(() => {
    const picture = openThumbnail(props.surface, canvas, props.width);
    onCleanup(() => picture[Symbol.dispose]());
  });
  return <canvas ref={canvas} width={160} height={100} />;
}
