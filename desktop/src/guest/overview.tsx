// What a guest is and does now: its state, what can be done, what it uses.

import { For, Index, type JSX, Show } from 'solid-js';
import { sentence } from '../api/sentence.ts';
import { useDesktop } from '../desktop/model.ts';
import { Rows } from '../desktop/rows.tsx';
import { labelOf } from '../guests/words.ts';
import { GuestIcon } from '../icons/guest-icon.tsx';
import { Icon } from '../icons/icons.tsx';
import { Progress } from '../progress/progress.tsx';
import type { SectionProps } from './guest-page.tsx';
import { guestItems } from './items.ts';
import { Names } from './names.tsx';
import { UsagePlots } from './usage.tsx';

/** What the page itself is, or has a section for. */
const elsewhere: readonly string[] = ['Page of this guest', 'Snapshots', 'Give it files…'];

export function Overview(props: SectionProps): JSX.Element {
  const desktop = useDesktop();
  const known = () => desktop.world.guests.find((g) => g.id === props.guest.id) ?? props.guest;
  const actions = () =>
    guestItems(desktop, props.guest.name).filter((item) => !elsewhere.includes(item.label));
  const work = () => desktop.work.all().filter((one) => one.what.includes(props.guest.title));
  return (
    <>
      <header class="guest-head">
        <GuestIcon name={props.guest.name} recipe={props.guest.recipe} />
        <div>
          <h1 class="page-title">{props.guest.title}</h1>
          <p class="page-lead">
            {labelOf(known())}. {sentence(known().reason ?? `Made from ${props.guest.madeFrom}`)}
          </p>
        </div>
      </header>
      <section class="page-actions" aria-label="Actions">
        {/* By their places: a button that has the focus keeps it while the guest changes. */}
        <Index each={actions()}>
          {(item, index) => (
            <button
              class="button"
              classList={{ primary: index === 0, dangerous: item().danger === true }}
              type="button"
              aria-disabled={desktop.busy(props.guest.name)}
              onClick={() => desktop.busy(props.guest.name) || item().act()}
            >
              <Icon name={item().icon} /> {item().label}
            </button>
          )}
        </Index>
      </section>
      <For each={work()}>{(one) => <Progress work={one} />}</For>
      <Show when={known().state === 'running' || known().state === 'paused'}>
        <UsagePlots guest={props.guest.name} />
      </Show>
      <Show when={props.guest.atNextStart.length > 0}>
        <h2 class="section-title">From its next start</h2>
        <ul>
          <For each={props.guest.atNextStart}>{(change) => <li>{change}</li>}</For>
        </ul>
      </Show>
      <h2 class="section-title">What holds it apart</h2>
      <Rows
        rows={[
          ['Runs as', props.guest.isolation.user],
          ['Sandbox', props.guest.isolation.sandbox],
          ['Network', props.guest.isolation.network],
          ...(props.guest.isolation.missing.length > 0
            ? [['Missing', props.guest.isolation.missing.join('; ')] as const]
            : []),
          ['Limits', props.guest.limits.heldBy],
        ]}
      />
      <Names guest={props.guest} again={props.again} />
    </>
  );
}
