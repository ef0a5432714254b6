// The loudspeaker in a guest's title bar: a click mutes, arrow keys and the wheel change the volume.

import { type JSX, Show } from 'solid-js';
import { Icon } from '../icons/icons.tsx';
import type { SoundState } from './hearing.ts';
import { toggleMute, turn, volumeOf } from './volume.ts';

const step = 10;
const words: Readonly<Record<Exclude<SoundState, 'none'>, string>> = {
  muted: 'Muted',
  waiting: 'Heard once you click or type in this page',
  silent: 'Sound on',
  playing: 'Playing',
};

export function SoundButton(props: {
  readonly guest: string;
  readonly state: SoundState;
}): JSX.Element {
  const percent = () => volumeOf(props.guest).percent;
  const hint = () =>
    `${words[props.state === 'none' ? 'silent' : props.state]}, ${percent()} %. Click or S mutes; up and down change the volume.`;
  return (
    <Show when={props.state !== 'none'}>
      <button
        class="icon-button"
        type="button"
        data-sound={props.state}
        aria-label={`Sound, ${percent()} %`}
        aria-pressed={props.state !== 'muted'}
        title={hint()}
        onClick={() => toggleMute(props.guest)}
        onWheel={(event) => turn(props.guest, event.deltaY < 0 ? step : -step)}
        onKeyDown={(event) => {
          const by = { ArrowUp: step, ArrowDown: -step }[event.key];
          if (by === undefined) return;
          turn(props.guest, by);
          event.preventDefault();
          event.stopPropagation();
        }}
      >
        <Icon name={props.state === 'muted' ? 'mute' : 'sound'} />
      </button>
    </Show>
  );
}
