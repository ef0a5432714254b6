// Where the window that is being dragged would snap to.

import { type JSX, Show } from 'solid-js';
import { useDesktop } from '../desktop/model.ts';
import { cellRect } from './snap.ts';

export function SnapPreview(): JSX.Element {
  const { windows } = useDesktop();
  return (
    <Show when={windows.preview()}>
      {(cell) => {
        const rect = () => cellRect(cell(), windows.area());
        return (
          <div
            class="snap-preview"
            aria-hidden="true"
            style={{
              transform: `translate(${rect().x}px, ${rect().y}px)`,
              width: `${rect().width}px`,
              height: `${rect().height}px`,
              'z-index': (windows.get(windows.front() ?? '')?.order ?? 1) - 1,
            }}
          />
        );
      }}
    </Show>
  );
}
