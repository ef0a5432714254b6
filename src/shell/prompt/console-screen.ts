// What the machine's own console shows before its prompt: how RayOS is, where its desktop is, what happened
// last. For somebody who looks at a machine because something is not as it should be.

import type { Guest, MarkerRecord, Status } from '../../contracts/index.ts';
import type { Client } from '../daemon/client.ts';
import { displayWords } from '../output/display.ts';
import { clock } from '../output/words.ts';
import { harmless, type Style } from '../terminal/style.ts';

const lastMarkers = 6;

export type Seen = {
  readonly status: Status;
  readonly guests: readonly Guest[];
  /** Newest last. */
  readonly markers: readonly MarkerRecord[];
};

/** Asks rayosd for all that the screen shows. */
export async function lookAround(client: Client, signal: AbortSignal): Promise<Seen> {
  const ask = (command: string) => client.call({ command, arguments: {} }, signal);
  const status = (await ask('system.status')) as Status;
  const { guests } = (await ask('guest.list')) as { readonly guests: readonly Guest[] };
  const markers: MarkerRecord[] = [];
  for await (const marker of client.stream({ command: 'log.markers', arguments: {} }, signal))
    markers.push(marker as MarkerRecord);
  return harmless({ status, guests, markers: markers.slice(-lastMarkers) });
}

/** The screen, in lines of at most 80 columns where words allow it. */
export function consoleScreen({ status, guests, markers }: Seen, style: Style): string[] {
  const running = guests.filter(({ state }) => state === 'running' || state === 'paused');
  const { policy } = status;
  return [
    '',
    style.bold(`RayOS ${status.version}`),
    '',
    `  Desktop   ${displayWords(status.display)}`,
    `  Browser   ${status.address} on this machine; \`login\` makes an address that signs in`,
    `  Guests    ${
      running.length === 0
        ? `none runs, of ${guests.length}`
        : running.map(({ title }) => title).join(', ')
    }`,
    ...(policy.safeMode ? [`  ${style.yellow('Safe mode')} ${policy.reason ?? ''}`] : []),
    ...(status.qemuMissing === undefined ? [] : [`  ${style.yellow(status.qemuMissing)}`]),
    '',
    ...markers.map((marker) => style.dim(`  ${markerWords(marker)}`)),
    '',
    'Say what you want, for example: show linux desktop. `status`, `hardware report`, `help`.',
  ];
}

/** One marker as a line of the log's tail. */
export function markerWords({ time, name, arguments: args }: MarkerRecord): string {
  const values = Object.values(args)
    .map(String)
    .filter((value) => !/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(value));
  return [clock(time), name.replace(/_MARKER:|:/, ' '), ...values].join(' ').slice(0, 100);
}
