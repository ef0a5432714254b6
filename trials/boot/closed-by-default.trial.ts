// An image that was just booted is closed: no account has a password, none that can log in, nothing listens
// beyond loopback, there is no shell to log in to, the boot menu's command line cannot be edited, and what
// runs is confined as systemd itself judges it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstImage } from '../machine/images.ts';
import { bootLimits, createComputer } from './computer.ts';
import { printed, probe } from './probes.ts';

/** The most that `systemd-analyze security` may give each of RayOS's services (0 is safest, 4.9 the end of OK). */
const mostExposure: Readonly<Record<string, number>> = {
  'rayosd.service': 3.9,
  'rayos-scope@x.service': 2,
  'rayos-console@tty1.service': 2.5,
  'rayos-logd.service': 2,
  'rayos-deadline.service': 3,
  'rayos-display.service': 5,
};

const probes = [
  ...probe('shadow', 'getent shadow'),
  ...probe('shells', 'getent passwd'),
  ...probe('sockets', 'ss -Hltnup'),
  ...probe(
    'units',
    'systemctl list-units --all --plain --no-legend --no-pager "*getty*" "*ssh*" "*debug-shell*" "*rlogin*"; ' +
      'ls /usr/sbin/sshd /usr/bin/login 2>/dev/null; ' +
      'systemctl is-active debug-shell.service',
  ),
  ...probe('menu', 'cat /efi/loader/loader.conf'),
  ...probe(
    'rayosd',
    'grep -E "^(Uid|CapEff|CapPrm|NoNewPrivs):" /proc/$(systemctl show --property=MainPID --value rayosd.service)/status',
  ),
  ...probe(
    'security',
    `for unit in ${Object.keys(mostExposure).join(' ')}; do systemd-analyze security --no-pager $unit | tail -1; done`,
  ),
];

test('a fresh image: no password, no login, no open port, no editor, services confined', {
  timeout: 15 * 60_000,
}, async ({ signal }) => {
  const image = firstImage;
  await using computer = await createComputer({ image, hasScreen: true, smbiosStrings: probes });
  const limits = { ...bootLimits, signal };
  await computer.powerOn();
  await computer.marker(/^BOOT_MARKER:SHELL:/, limits);
  const said = await printed(
    computer,
    ['shadow', 'shells', 'sockets', 'units', 'menu', 'rayosd', 'security'],
    limits,
  );

  for (const line of said.shadow.split('\n')) {
    const [name, hash] = line.split(':');
    assert.match(hash ?? '', /^[!*]/, `${name} has a password`);
  }
  const accounts = said.shells.split('\n').map((line) => line.split(':'));
  const people = accounts.filter(
    ([, , , , , , shell]) => !/(nologin|false|sync)$/.test(shell ?? ''),
  );
  assert.deepEqual(
    people.map(([name]) => name),
    ['root'],
    'accounts with a shell (root has one, and no password)',
  );
  const open = said.sockets.split('\n').filter((line) => line !== '');
  for (const line of open) {
    const address = line.trim().split(/\s+/)[4] ?? '';
    assert.match(address, /^(127\.0\.0\.1|\[::1\]):\d+$/, `${line} listens beyond loopback`);
  }
  assert.ok(
    open.some((line) => /127\.0\.0\.1:7600/.test(line)),
    'RayOS itself listens',
  );
  assert.doesNotMatch(said.units, /\bactive\s+running\b|\bsshd\b|\/login$/m);
  assert.match(said.units, /^inactive$/m);
  assert.match(said.menu, /^editor\s+(no|off|0)$/m);
  assert.match(said.rayosd, /^Uid:(\s+[1-9]\d*){4}$/m);
  assert.match(said.rayosd, /^CapEff:\s+0+$/m);
  const judged = [...said.security.matchAll(/for (\S+): ([\d.]+) /g)].map(
    ([, unit = '', score = '']) => ({ unit, score: Number(score) }),
  );
  assert.deepEqual(
    judged.map(({ unit }) => unit),
    Object.keys(mostExposure),
  );
  for (const { unit, score } of judged) {
    const most = mostExposure[unit] ?? 0;
    assert.ok(score <= most, `${unit} has ${score}, more than ${most}`);
  }
});
