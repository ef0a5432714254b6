// Faults for the stories: real ones, that come as units and drop-ins from outside and hit one version only.
// Nothing in RayOS knows of them.

import { credential, extraUnit, unitDropIn } from '../machine/credentials.ts';

/** SMBIOS strings that make a version fail in one way. */
export type Fault = (version: string) => readonly string[];

/** A script that runs once, as root, early in the system (not in the initrd) of one version. */
export function early(version: string, script: string): readonly string[] {
  return unit('trial-early', 'basic.target', version, script, [
    '[Unit]',
    'DefaultDependencies=no',
    'After=sysinit.target',
    'Before=basic.target',
    '[Service]',
    'Type=oneshot',
  ]);
}

/** A script that runs as root beside everything else in one version. */
export function beside(version: string, script: string): readonly string[] {
  return unit('trial-beside', 'multi-user.target', version, script, [
    '[Unit]',
    'After=basic.target',
    '[Service]',
    'Type=exec',
  ]);
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
  ...early(version, deadlineIn(45)),
];

/** QEMU is no QEMU any more, so the check that a guest can be started fails. */
export const failingCheck: Fault = (version) => [
  ...early(version, 'mount --bind /bin/false /usr/bin/qemu-system-x86_64'),
  ...beside(version, `${shellIsRecorded}\n${deadlineIn(30)}`),
];

/** rayosd stands still once the API and the console have answered. It is not waited for as long as a real one. */
export const hangAfterShell: Fault = (version) =>
  beside(
    version,
    `${shellIsRecorded}
mkdir -p /run/systemd/system/rayosd.service.d
printf '[Service]\\nTimeoutStopSec=20\\n' >/run/systemd/system/rayosd.service.d/90-trial.conf
echo 1 >/sys/fs/cgroup/system.slice/rayosd.service/cgroup.freeze
${deadlineIn(10)}`,
  );

/** Waits until logd has SHELL of this boot on the disk. */
const shellIsRecorded = `
boot=$(cat /proc/sys/kernel/random/boot_id)
until grep -a SHELL /var/log/rayos/boot.records | grep -q $boot; do sleep 1; done`;

/** The failing version has less time than the other one to become golden: a story need not wait for long. */
function deadlineIn(seconds: number): string {
  return `
mkdir -p /run/systemd/system/rayos-deadline.service.d
printf '[Service]\\nImportCredential=\\nSetCredential=rayos.golden-deadline:${seconds}\\n' \
  >/run/systemd/system/rayos-deadline.service.d/90-trial.conf
systemctl daemon-reload
systemctl --no-block restart rayos-deadline.service`;
}

/** The script is a credential of its own, so that it needs no quoting. */
function unit(
  name: string,
  wantedBy: string,
  version: string,
  script: string,
  lines: readonly string[],
): readonly string[] {
  const service = `${name}.service`;
  const content = [
    ...lines,
    `ImportCredential=${name}`,
    `ExecStart=/bin/sh %d/${name}`,
    '[Unit]',
    'ConditionPathExists=!/etc/initrd-release',
    '',
  ];
  const only = `. /etc/os-release\n[ "$IMAGE_VERSION" = ${version} ] || exit 0\n`;
  return [
    extraUnit(service, content.join('\n')),
    unitDropIn(wantedBy, name, `[Unit]\nWants=${service}\n`),
    credential(name, `${only}${script}\n`),
  ];
}
