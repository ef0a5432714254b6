// What RayOS has observed of a guest, newest first, and where its logs are.

import { createResource, For, type JSX, onCleanup } from 'solid-js';
import type { CommandResult } from '../../../src/contracts/index.ts';
import { streamCommand } from '../api/stream.ts';
import { Rows } from '../desktop/rows.tsx';
import { noticeFor } from '../notifications/notice.ts';
import type { SectionProps } from './guest-page.tsx';
import { inWords } from './log-words.ts';

type Marker = CommandResult<'log.markers'>;
const mostShown = 200;
/** Too many to say anything. */
const quiet: readonly string[] = ['PRESENTATION:FRAME_UPDATED', 'INPUT:SENT'];

export function Log(props: SectionProps): JSX.Element {
  const ending = new AbortController();
  onCleanup(() => ending.abort());
  const [markers, { refetch }] = createResource(async () => {
    const found: Marker[] = [];
    try {
      for await (const marker of streamCommand('log.markers', {}, ending.signal))
        if (isAbout(marker, props.guest.name)) found.push(marker);
    } catch {
      // Left, or cut off: what came is shown.
    }
    return found.slice(-mostShown).toReversed();
  });
  const said = (marker: Marker) =>
    noticeFor({ name: marker.name as never, arguments: marker.arguments }, [props.guest], [])
      ?.title ??
    inWords(marker.name, marker.arguments) ??
    marker.line;
  return (
    <>
      <h1 class="page-title">Log</h1>
      <Rows
        rows={[
          ['Serial console', props.guest.serialLog],
          ['QEMU', props.guest.qemuLog],
        ]}
      />
      <h2 class="section-title">What was observed</h2>
      <ol class="log-lines">
        <For
          each={markers()}
          fallback={<li class="page-empty">{markers.loading ? 'Asking…' : 'Nothing yet.'}</li>}
        >
          {(marker) => (
            <li>
              <time dateTime={marker.time}>{new Date(marker.time).toLocaleTimeString()}</time>
              <span title={marker.line}>{said(marker)}</span>
            </li>
          )}
        </For>
      </ol>
      <div class="page-actions">
        <button class="button" type="button" onClick={() => void refetch()}>
          Look again
        </button>
      </div>
    </>
  );
}

function isAbout({ name, arguments: args }: Marker, guest: string): boolean {
  if (quiet.includes(name)) return false;
  return args.guest === guest || String(args.surface ?? '').replace(/\.\d+$/, '') === guest;
}
