// What a story asks of a running system that no command of RayOS tells: scripts that come from outside as
// units, run as root, and print on the console. Others print there too, so that each line says whose it is.

import { extraUnit, unitDropIn } from '../machine/credentials.ts';
import type { TestMachine, WaitOptions } from '../machine/machine.ts';

/** Runs a script when a file appears (or, without one, after boot), and prints what it says on the console. */
export function probe(name: string, script: string, when?: string): readonly string[] {
  const unit = `trial-${name}.service`;
  const text = Buffer.from(script).toString('base64');
  const run = `echo ${text} | base64 -d | sh 2>&1 | sed -u "s/^/trial-${name}: /"`;
  const service = extraUnit(
    unit,
    `[Unit]
After=rayosd.service
[Service]
Type=exec
RemainAfterExit=yes
Environment=PATH=/usr/sbin:/usr/bin:/sbin:/bin
# CR: a prompt may stand on the line.
ExecStart=/bin/sh -c '{ echo; ${run}; echo "trial-${name}. "; } | sed -u "s/^/\\r/" >/dev/console'
`,
  );
  if (when === undefined) return [service, wantedAfterBoot(unit)];
  const path = `trial-${name}.path`;
  // Without what units of its kind get by themselves: they are to be there before rayosd is.
  const watch = `[Unit]
DefaultDependencies=no
After=rayosd.service
[Path]
PathExists=${when}
`;
  return [service, extraUnit(path, watch), wantedAfterBoot(path)];
}

/** What these probes print, each to its end. */
export async function printed<N extends string>(
  computer: TestMachine,
  names: readonly N[],
  limits: WaitOptions,
): Promise<Readonly<Record<N, string>>> {
  const lines = Object.fromEntries(names.map((name) => [name, [] as string[]]));
  const ended = new Set<string>();
  while (ended.size < names.length) {
    const { text } = await computer.line(/trial-[a-z]+(: |\. )/, limits);
    const [, name = '', sign, rest = ''] = /trial-([a-z]+)(: |\. )(.*)$/.exec(text) ?? [];
    if (!(name in lines)) continue;
    if (sign === '. ') ended.add(name);
    else lines[name]?.push(rest);
  }
  return Object.fromEntries(names.map((name) => [name, lines[name]?.join('\n') ?? ''])) as Record<
    N,
    string
  >;
}

/** The firmware's order of entries, in which recovery is second, is written with time to spare: this waits for it. */
export const firmwareKnows = probe('order', 'systemctl start rayos-firmware-order.service');
export const firmwareIsTold = /trial-order\. /;

function wantedAfterBoot(unit: string): string {
  return unitDropIn('multi-user.target', unit.replace(/\W/g, '-'), `[Unit]\nWants=${unit}\n`);
}
