// Faults for the stories: real ones, that come as units and drop-ins from outside and hit one version only.
// Nothing in RayOS knows of them.

import { extraUnit, unitDropIn } from '../machine/credentials.ts';

/** SMBIOS strings that make a version fail in one way. */
export type Fault = (version: string) => readonly string[];

/** A script that runs once, as root, early in the system (not in the initrd) of one version. */
export function early(version: string, script: string): readonly string[] {
  return unit(
    'trial-fault.service',
    `[Unit]
DefaultDependencies=no
After=sysinit.target
Before=basic.target
ConditionPathExists=!/etc/initrd-release
[Service]
Type=oneshot
${onlyIn(version, script)}
`,
    'basic.target',
  );
}

/** A script that runs as root beside everything else in one version. */
export function beside(version: string, script: string): readonly string[] {
  return unit(
    'trial-fault.service',
    `[Unit]
After=basic.target
ConditionPathExists=!/etc/initrd-release
[Service]
Type=exec
${onlyIn(version, script)}
`,
    'multi-user.target',
  );
}

/** The kernel panics. */
export const kernelPanic: Fault = (version) => early(version, 'echo c >/proc/sysrq-trigger');

/** PID 1 stands still: its control group is frozen, and nothing strokes the watchdog any more. */
export const hungInit: Fault = (version) =>
  early(version, 'echo 1 >/sys/fs/cgroup/init.scope/cgroup.freeze');

/** rayosd dies by a wrong memory access as often as it is started. */
export const crashingDaemon: Fault = (version) => [
  unitDropIn(
    'rayosd.service',
    'trial',
    `[Service]
ExecStartPost=/bin/sh -c '. /etc/os-release; [ "$IMAGE_VERSION" != ${version} ] || kill -SEGV $MAINPID'
`,
  ),
];

/** rayosd stands still once the API and the console have answered. */
export const hangAfterShell: Fault = (version) =>
  beside(
    version,
    `until grep -q SHELL /var/log/rayos/boot.records; do sleep 1; done
echo 1 >/sys/fs/cgroup/system.slice/rayosd.service/cgroup.freeze
sleep infinity`,
  );

function unit(name: string, content: string, wantedBy: string): readonly string[] {
  return [extraUnit(name, content), unitDropIn(wantedBy, 'trial', `[Unit]\nWants=${name}\n`)];
}

/** The script has no quotes and no backslashes of its own. */
function onlyIn(version: string, script: string): string {
  const line = script.trim().replaceAll('\n', '; ');
  if (/['"\\%$]/.test(line)) throw new Error('a script of a fault has no quotes, % or $');
  const test = `. /etc/os-release; [ "$IMAGE_VERSION" = ${version} ] || exit 0`;
  return `ExecStart=/bin/sh -c '${test}; ${line}'`;
}
