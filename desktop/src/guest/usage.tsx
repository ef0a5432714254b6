// What a guest uses, as plots of the last minutes. Asked for only while somebody looks.

import { createEffect, createSignal, For, type JSX, onCleanup, Show } from 'solid-js';
import type { CommandResult } from '../../../src/contracts/index.ts';
import { callCommand } from '../api/client.ts';
import { sentence } from '../api/sentence.ts';
import { bytes } from '../guests/words.ts';
import { Plot } from './plot.tsx';

type Seen = CommandResult<'guest.usage'>;
type Sample = Seen['samples'][number];
const leastEveryMs = 1000;

const plots: readonly {
  readonly label: string;
  readonly of: (sample: Sample) => number;
  readonly say: (value: number) => string;
  readonly least: number;
}[] = [
  { label: 'Processor', of: (s) => s.cpuPercent, say: (v) => `${Math.round(v)} %`, least: 100 },
  { label: 'Memory', of: (s) => s.memoryMiB, say: (v) => `${Math.round(v)} MiB`, least: 256 },
  {
    label: 'Disk',
    of: (s) => s.diskReadBytesPerSecond + s.diskWriteBytesPerSecond,
    say: (v) => `${bytes(v)}/s`,
    least: 1 << 20,
  },
  {
    label: 'Network',
    of: (s) => s.networkReceivedBytesPerSecond + s.networkSentBytesPerSecond,
    say: (v) => `${bytes(v)}/s`,
    least: 1 << 17,
  },
];

export function UsagePlots(props: { readonly guest: string }): JSX.Element {
  const [seen, setSeen] = createSignal<Seen>();
  const [fault, setFault] = createSignal('');
  createEffect(() => {
    const guest = props.guest;
    const ending = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      const answer = document.hidden ? undefined : await callCommand('guest.usage', { guest });
      if (ending.signal.aborted) return;
      if (answer && 'result' in answer) setSeen(answer.result);
      if (answer && 'error' in answer) setFault(sentence(answer.error.message));
      const every = seen()?.everyMs ?? 2000;
      if (!answer || 'result' in answer)
        timer = setTimeout(() => void look(), Math.max(leastEveryMs, every));
    };
    void look();
    onCleanup(() => {
      ending.abort();
      clearTimeout(timer);
    });
  });
  return (
    <section aria-label="Usage">
      <h2 class="section-title">Usage</h2>
      <Show when={seen()} fallback={<p class="page-lead">{fault() || 'Measuring…'}</p>}>
        {(usage) => (
          <div class="plots">
            <For each={plots}>
              {({ label, of, say, least }) => (
                <Plot
                  label={label}
                  values={usage().samples.map(of)}
                  everyMs={usage().everyMs}
                  say={say}
                  least={least}
                />
              )}
            </For>
          </div>
        )}
      </Show>
    </section>
  );
}
