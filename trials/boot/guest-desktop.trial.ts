// In a booted RayOS a sentence at its console shows a guest's desktop; what is typed at the console appears in
// it. The guest runs in a unit of its own, as a user of its own, under its limits; it outlives rayosd, which is
// killed. The power button saves it, and the next boot wakes it with what was in it.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { firstImage } from '../machine/images.ts';
import type { TestMachine, WaitOptions } from '../machine/machine.ts';
import { decodePicture } from '../machine/screen.ts';
import { bootLimits, consoleListens, createComputer, holdOf } from './computer.ts';
import { printed, probe } from './probes.ts';

const guest = 'rescue-desktop';
const picture = '/var/lib/rayos/typed.png';
const killWanted = '/var/lib/rayos/kill-wanted.png';
/** Emulation inside emulation. */
const inGuest: WaitOptions = { cpuSeconds: 900, clockSeconds: 900 };

/** The guest's own serial port, where what was typed into its desktop echoes. */
const echo = probe(
  'echo',
  'while :; do for word in it-is-typed still-here; do ' +
    '[ -e /run/trial-$word ] || ! grep -qs $word- /var/lib/rayos/guests/*/serial.log || ' +
    '{ touch /run/trial-$word; echo $word; }; done; sleep 1; done',
);
const probes = [
  ...echo,
  ...probe(
    'units',
    `systemd-cgls --no-pager --full | grep -A3 rayos-guests.slice
cd /sys/fs/cgroup/rayos.slice/rayos-guests.slice/rayos-guest-*.scope
for pid in $(cat cgroup.procs); do grep -E "^(Name|Uid|Groups|CapEff|CapBnd|NoNewPrivs|Seccomp):" /proc/$pid/status; done
for limit in memory.max pids.max; do echo "$limit: $(cat $limit)"; done
grep -o "0::.*" /proc/$(pgrep -o -f framer/main.ts)/cgroup`,
    picture,
  ),
  ...probe('picture', `base64 -w 76 ${picture}`, picture),
  // By the file that the story asks for: the daemon is ended as nothing else can end it.
  ...probe(
    'kill',
    'kill -9 $(systemctl show --property=MainPID --value rayosd.service)',
    killWanted,
  ),
];

test('a guest in a booted image: shown, typed into, outlives rayosd, saved at power off, woken', {
  timeout: 30 * 60_000,
}, async ({ signal }) => {
  await using computer = await createComputer({
    image: firstImage,
    memoryMiB: 3072,
    smbiosStrings: probes,
  });
  const boot = { ...bootLimits, signal };
  const slow = { ...inGuest, signal };
  await computer.powerOn();
  await computer.marker(/^BOOT_MARKER:SHELL:/, boot);
  await computer.line(consoleListens, boot);
  computer.send(`guest create ${guest}\r`);
  await computer.marker(/^GUEST:CREATED:/, boot);
  computer.send('show rescue desktop\r');
  await computer.marker(/^INTENT:RESOLVED:/, boot);
  // In emulation inside emulation the request may have given up by then: what comes late is shown all the same.
  await computer.lines([/GUEST:READY:/, /PRESENTATION:PRESENTED:/], slow);

  // What was typed is said by the guest, at its own serial port.
  await typeUntil(
    computer,
    'MARK=still; echo it-is-typed- > /dev/ttyS0',
    /echo: it-is-typed/,
    slow,
  );
  computer.send(`screenshot guest ${guest} ${picture}\r`);
  const { units, picture: base64 } = await printed(computer, ['units', 'picture'], slow);
  assert.match(units, /rayos-guest-[0-9a-f]{8}-\d+\.scope/);
  assert.match(units, /^Name:\s+qemu-system-x86/m);
  assert.match(units, /^Uid:\s+19000000\d\d\s/m);
  assert.match(units, /^Groups:\s*$/m);
  assert.match(units, /^CapEff:\s+0+$/m);
  assert.match(units, /^NoNewPrivs:\s+1$/m);
  assert.match(units, /^memory\.max: \d+$/m);
  assert.match(units, /^pids\.max: \d+$/m);
  assert.match(units, /rayos-framers\.slice\/rayos-framer-.*\.scope/);
  const png = Buffer.from(base64.replace(/\s/g, ''), 'base64');
  const seen = decodePicture(png);
  assert.ok(seen.width >= 640 && seen.height >= 480);
  if (process.env.RAYOS_TRIAL_PICTURES !== undefined)
    writeFileSync(`${process.env.RAYOS_TRIAL_PICTURES}/guest-desktop.png`, png);

  computer.send(`screenshot guest ${guest} ${killWanted}\r`);
  await printed(computer, ['kill'], slow);
  await computer.marker(/^GUEST:REATTACHED:/, slow);
  await computer.marker(/^PRESENTATION:PRESENTED:/, slow);

  await computer.powerOff({ cpuSeconds: 500, clockSeconds: 600, signal });
  assert.ok(computer.serial.markers.some((marker) => /^GUEST:SUSPENDED:/.test(marker)));

  await computer.powerOn({ smbiosStrings: [holdOf(5), ...echo] });
  await computer.marker(/^BOOT_MARKER:SHELL:/, boot);
  await computer.lines([/GUEST:WOKEN:/, /PRESENTATION:PRESENTED:/, consoleListens], slow);
  await typeUntil(computer, 'echo $MARK-here- > /dev/ttyS0', /echo: still-here/, slow);
});

/** Types a line into the guest, again and again: a desktop is on screen before its terminal takes the keyboard. */
async function typeUntil(
  computer: TestMachine,
  line: string,
  heard: RegExp,
  limits: WaitOptions,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    computer.send(`type "${line}"\r`);
    const { text } = await computer.line(new RegExp(`Typed into|${heard.source}`), limits);
    if (heard.test(text)) return;
    computer.send('press enter\r');
    try {
      await computer.line(heard, { ...limits, cpuSeconds: 120, clockSeconds: 60 });
      return;
    } catch (thrown) {
      if (attempt === 8 || limits.signal?.aborted === true) throw thrown;
    }
  }
}
