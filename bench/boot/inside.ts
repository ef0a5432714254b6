// What only the booted machine itself knows: memory of its processes, and when each unit was ready. A unit
// from outside asks, and says it on the serial console.

import { gunzipSync } from 'node:zlib';
import { credential, extraUnit, unitDropIn } from '../../trials/machine/credentials.ts';
import { machineOf, type Side } from './sides.ts';

const limits = { cpuSeconds: 900, clockSeconds: 900 };
const script = `
while :; do
  for group in /sys/fs/cgroup/system.slice/ray*.service; do
    sum=0
    for process in $(find $group -name cgroup.procs -exec cat {} +); do
      while read -r name value unit; do
        [ $name != Pss: ] || sum=$((sum + value))
      done </proc/$process/smaps_rollup
    done
    echo RAYOS_BENCH:PSS:\${group##*/}:$sum
  done
  echo RAYOS_BENCH:PSS_END
  [ -e /run/bench-told ] || [ -n "$(systemctl list-jobs --no-legend)" ] || {
    systemd-analyze plot --json=short >/run/bench-plot && {
      echo RAYOS_BENCH:UNITS_BEGIN
      gzip -c /run/bench-plot | base64
      echo RAYOS_BENCH:UNITS_END
      systemd-analyze time >/run/bench-told
    }
  }
  sleep 3
done
`;

const unit = `[Unit]
After=basic.target
ConditionPathExists=!/etc/initrd-release
[Service]
ImportCredential=bench-script
ExecStart=/bin/sh %d/bench-script
StandardOutput=tty
TTYPath=/dev/ttyS0
`;

export type UnitTime = {
  readonly name: string;
  /** Microseconds since the kernel started. */
  readonly activating: number;
  readonly activated: number;
};

export type Inside = {
  /** KiB of proportional memory, of each unit of RayOS. */
  readonly pssKiB: ReadonlyMap<string, number>;
  readonly units: readonly UnitTime[];
};

/** Boots a side once and asks it. */
export async function lookInside(side: Side): Promise<Inside> {
  await using machine = await machineOf(side, [
    extraUnit('bench-inside.service', unit),
    unitDropIn('multi-user.target', 'bench-inside', '[Unit]\nWants=bench-inside.service\n'),
    credential('bench-script', script),
  ]);
  await machine.powerOn();
  await machine.marker(side.up, limits);
  // What was being counted while it came up is not all of it: the next whole count is.
  await machine.marker(/^BENCH:PSS_END$/, limits);
  const pssKiB = new Map<string, number>();
  for (;;) {
    const { marker = '' } = await machine.marker(/^BENCH:PSS/, limits);
    const [, , name = '', kib = ''] = marker.split(':');
    if (marker === 'BENCH:PSS_END') break;
    pssKiB.set(name, Number(kib));
  }
  await machine.marker(/^BENCH:UNITS_END$/, limits);
  const { lines } = machine.serial;
  const begin = lines.findLastIndex(({ marker }) => marker === 'BENCH:UNITS_BEGIN');
  const end = lines.findLastIndex(({ marker }) => marker === 'BENCH:UNITS_END');
  const encoded = lines.slice(begin + 1, end).filter(({ text }) => /^[\w+/=]+$/.test(text));
  await machine.cut();
  return { pssKiB, units: unitTimes(encoded.map(({ text }) => text).join('')) };
}

/** From `systemd-analyze plot --json=short`, zipped, in base64. */
export function unitTimes(encoded: string): UnitTime[] {
  const text = gunzipSync(Buffer.from(encoded, 'base64')).toString();
  const all: unknown = JSON.parse(text);
  if (!Array.isArray(all)) return [];
  return all.flatMap((one: Readonly<Record<string, unknown>>) => {
    const { name, activating, activated } = one;
    if (typeof name !== 'string' || typeof activating !== 'number') return [];
    return [
      { name, activating, activated: typeof activated === 'number' ? activated : activating },
    ];
  });
}
