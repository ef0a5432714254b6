// What only the booted machine itself knows: memory of its processes, and when each unit was begun and up. A unit
// from outside waits for GOLDEN, asks, and says it on the serial console.

import { gunzipSync } from 'node:zlib';
import { credential, extraUnit, unitDropIn } from '../../trials/machine/credentials.ts';
import { limits, machineOf, type Side } from './sides.ts';

export type Span = {
  readonly name: string;
  /** Microseconds since the kernel started; what was before it has less than zero. */
  readonly begin: number;
  readonly end: number;
};

export type Inside = {
  /** KiB of proportional memory (PSS), of each of RayOS's services and of each framer's scope. */
  readonly pssKiB: ReadonlyMap<string, number>;
  readonly units: readonly Span[];
  /** Firmware, loader, kernel, initrd, and the system until its first jobs are done. */
  readonly phases: readonly Span[];
};

/** What the script reads and where it speaks. */
export type Places = {
  readonly console: string;
  readonly groups: string;
  readonly records: string;
};

const places: Places = {
  console: '/dev/console',
  groups: '/sys/fs/cgroup',
  records: '/var/log/rayos/boot.records',
};

/**
 * Asks once, when GOLDEN of this boot is recorded and systemd calls the boot finished. The console is opened for
 * each line: RayOS's own prompt hangs the serial line up when it begins, and who has it open is cut off. A line
 * begins with CR, as a prompt may stand there.
 */
export function scriptFor({ console, groups, records }: Places): string {
  return `
say() { printf '\\rRAYOS_BENCH:%s\\n' "$1" >>${console}; }
boot=$(cat /proc/sys/kernel/random/boot_id)
until grep -a GOLDEN ${records} | grep -q $boot; do sleep 1; done
until plot=$(systemd-analyze plot --json=short); do sleep 1; done
for group in ${groups}/system.slice/ray*.service \\
  ${groups}/rayos.slice/rayos-framers.slice/rayos-framer-*.scope; do
  [ -d $group ] || continue
  sum=0
  for process in $(find $group -name cgroup.procs -exec cat {} +); do
    while read -r name value unit; do
      [ $name != Pss: ] || sum=$((sum + value))
    done </proc/$process/smaps_rollup
  done
  say PSS:\${group##*/}:$sum
done
systemctl show | grep TimestampMonotonic= | while read -r line; do say "TIME:$line"; done
printf %s "$plot" | gzip -c | base64 | while read -r line; do say "UNITS:$line"; done
say END
`;
}

const unit = `[Unit]
After=basic.target
ConditionPathExists=!/etc/initrd-release
[Service]
ImportCredential=bench-script
ExecStart=/bin/sh %d/bench-script
`;

/** Boots a side once and asks it. */
export async function lookInside(side: Side, signal: AbortSignal): Promise<Inside> {
  await using machine = await machineOf(side, [
    extraUnit('bench-inside.service', unit),
    unitDropIn('multi-user.target', 'bench-inside', '[Unit]\nWants=bench-inside.service\n'),
    credential('bench-script', scriptFor(places)),
    // Nothing is measured while it holds: a moment is enough.
    credential('rayos.golden-hold', '5'),
  ]);
  await machine.powerOn();
  await machine.marker(/^BENCH:END$/, { ...limits, signal });
  const { markers } = machine.serial;
  await machine.cut();
  return insideOf(markers);
}

/** From the markers that the script has said. */
export function insideOf(markers: readonly string[]): Inside {
  const said = (kind: string) => {
    const prefix = `BENCH:${kind}:`;
    return markers.filter((one) => one.startsWith(prefix)).map((one) => one.slice(prefix.length));
  };
  const pairs = (kind: string, sign: string) =>
    new Map(
      said(kind).map((words) => {
        const [name = '', value = ''] = words.split(sign);
        return [name, Number(value)];
      }),
    );
  return {
    pssKiB: pairs('PSS', ':'),
    units: unitsOf(said('UNITS').join('')),
    phases: phasesOf(pairs('TIME', '=')),
  };
}

/** From `systemd-analyze plot --json=short`, zipped, in base64. */
function unitsOf(encoded: string): Span[] {
  const text = gunzipSync(Buffer.from(encoded, 'base64')).toString();
  const all: unknown = JSON.parse(text);
  if (!Array.isArray(all)) return [];
  return all.flatMap((one: Readonly<Record<string, unknown>>) => {
    const { name, activating, time } = one;
    if (typeof name !== 'string' || typeof activating !== 'number') return [];
    // `activated` is zero for what ran once and ended; `time` is right for both.
    return [{ name, begin: activating, end: activating + (typeof time === 'number' ? time : 0) }];
  });
}

/** From systemd's own times (org.freedesktop.systemd1(5)); zero is what it does not know. */
function phasesOf(times: ReadonlyMap<string, number>): Span[] {
  const time = (name: string) => times.get(`${name}TimestampMonotonic`) ?? 0;
  const [firmware, loader] = [-time('Firmware'), -time('Loader')];
  const [initrd, system, finish] = [time('InitRD'), time('Userspace'), time('Finish')];
  return [
    { name: '(firmware)', begin: firmware, end: loader },
    { name: '(loader)', begin: loader, end: 0 },
    { name: '(kernel)', begin: 0, end: initrd },
    { name: '(initrd)', begin: initrd, end: system },
    { name: '(system)', begin: system, end: finish },
  ].filter(({ begin, end }) => end > begin);
}
