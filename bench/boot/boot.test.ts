// The bench of boots without a machine: what its script says in a system that is laid out here, what is made of
// that, and what the peer is made of.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Archive } from '../../image/build/archive.ts';
import { type LockedPackage, parseLock } from '../../image/build/lock.ts';
import { lockFile } from '../../image/build/packages.ts';
import { own } from '../../src/foundation/index.ts';
import { SerialConsole } from '../../trials/machine/serial.ts';
import { insideOf, scriptFor } from './inside.ts';
import { peerPackages } from './peer.ts';
import { peerSettings } from './peer-settings.ts';
import { writePicture } from './picture.ts';
import { isLight, isSoon, memoryOf, memoryWords, timesOf, timesWords } from './report.ts';
import { debian } from './sides.ts';

const folder = mkdtempSync(join(tmpdir(), 'rayos-bench-test-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const plot = [
  { name: 'rayosd.service', activating: 9_000_000, activated: 21_500_000, time: 12_500_000 },
  // One that ran and ended is never activated.
  { name: 'a<b.service', activating: 8_000_000, activated: 0, time: 2_000_000 },
  { name: 'never.service', activating: null },
];
const times = `FirmwareTimestampMonotonic=9000000
LoaderTimestampMonotonic=4000000
KernelTimestampMonotonic=0
InitRDTimestampMonotonic=3000000
UserspaceTimestampMonotonic=7500000
FinishTimestampMonotonic=30000000
`;

/** A system with rayosd, a framer of its own scope, a console whose service hangs it up, and a guest. */
function layOut(): NodeJS.ProcessEnv {
  const group = (path: string) => {
    mkdirSync(join(folder, 'cgroup', path), { recursive: true });
    writeFileSync(join(folder, 'cgroup', path, 'cgroup.procs'), `${process.pid}\n`);
  };
  group('system.slice/rayosd.service');
  group('system.slice/rayos-display.service');
  group('rayos.slice/rayos-framers.slice/rayos-framer-0a1b2c3d-77.scope');
  group('rayos.slice/rayos-guests.slice/rayos-guest-0a1b2c3d-78.scope');
  const tool = (name: string, output: string) => {
    const path = join(folder, 'bin', name);
    mkdirSync(join(folder, 'bin'), { recursive: true });
    writeFileSync(`${path}.out`, output);
    writeFileSync(path, `#!/bin/sh\ncat "$0.out"\n`);
    chmodSync(path, 0o755);
  };
  tool('systemd-analyze', JSON.stringify(plot));
  tool('systemctl', times);
  writeFileSync(join(folder, 'console'), 'rayos> ');
  writeFileSync(join(folder, 'records'), '{"event":"GOLDEN","bootId":"an earlier boot"}\n');
  return { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}` };
}

test('what the script says inside is memory of services and framers, and where the time went', async () => {
  const env = layOut();
  const at = (name: string) => join(folder, name);
  const places = { console: at('console'), groups: at('cgroup'), records: at('records') };
  await using child = own(spawn('sh', ['-c', scriptFor(places)], { env, stdio: 'ignore' }));
  // Not before GOLDEN of this boot.
  const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  appendFileSync(at('records'), `{"event":"GOLDEN","bootId":"${bootId}"}\n`);
  assert.deepEqual(await child.exited, { code: 0, signal: null });

  const serial = new SerialConsole();
  serial.push(readFileSync(at('console')));
  assert.equal(serial.markers.at(-1), 'BENCH:END');
  const inside = insideOf(serial.markers);
  assert.deepEqual(
    [...inside.pssKiB.keys()],
    ['rayos-display.service', 'rayosd.service', 'rayos-framer-0a1b2c3d-77.scope'],
  );
  for (const kib of inside.pssKiB.values()) assert.ok(kib > 0);
  assert.deepEqual(inside.units, [
    { name: 'rayosd.service', begin: 9_000_000, end: 21_500_000 },
    { name: 'a<b.service', begin: 8_000_000, end: 10_000_000 },
  ]);
  assert.deepEqual(inside.phases, [
    { name: '(firmware)', begin: -9_000_000, end: -4_000_000 },
    { name: '(loader)', begin: -4_000_000, end: 0 },
    { name: '(kernel)', begin: 0, end: 3_000_000 },
    { name: '(initrd)', begin: 3_000_000, end: 7_500_000 },
    { name: '(system)', begin: 7_500_000, end: 30_000_000 },
  ]);

  const file = join(folder, 'pictures/boot.svg');
  writePicture(file, 'a boot', inside);
  const picture = readFileSync(file, 'utf8');
  assert.match(picture, /rayosd\.service<\/text>.*12\.5 s/);
  assert.match(picture, /a&lt;b\.service<\/text>.*2\.0 s/);
  assert.match(picture, /\(firmware\)<\/text>.*5\.0 s/);
  assert.match(picture, />-5 s<\/text>/);
  assert.doesNotMatch(picture, /NaN|width="-/);
});

test('memory that is promised is of rayosd, logd and framers; the display is told beside it', () => {
  const memory = memoryOf(
    new Map([
      ['rayosd.service', 130 * 1024],
      ['rayos-logd.service', 50 * 1024],
      ['rayos-framer-0a1b2c3d-77.scope', 15 * 1024],
      ['rayos-display.service', 400 * 1024],
    ]),
  );
  assert.equal(memory.totalMiB, 195);
  assert.ok(isLight(memory));
  assert.match(
    memoryWords(memory),
    /195; at most 200: met\n.*display\.service: 400\.0 \(not counted\)/s,
  );
  assert.ok(!isLight(memoryOf(new Map())));
});

test('times are told as medians with their spread, and the ratio is judged', () => {
  const boots = (seconds: readonly number[]) =>
    seconds.map((clockSeconds) => ({ clockSeconds, cpuSeconds: 2 * clockSeconds }));
  const good = timesOf({ RayOS: boots([60, 62, 61]), 'Debian 13': boots([50, 52, 51]) });
  assert.ok(isSoon(good));
  assert.match(
    timesWords(good),
    /RayOS 61\.00 \[60\.00, 62\.00\], Debian 51\.00 \[50\.00, 52\.00\]/,
  );
  assert.match(timesWords(good), /1\.20 \[1\.15, 1\.24\]; at most 1\.5: met; aim 1\.2: MISSED/);
  assert.ok(!isSoon(timesOf({ RayOS: boots([80, 82, 81]), 'Debian 13': boots([50, 52, 51]) })));
});

const lock = parseLock(readFileSync(lockFile('x86_64'), 'utf8'));
const kernel = lock.packages.find(({ name }) => /^linux-image-\d/.test(name));
assert.ok(kernel);

test("the peer has RayOS's kernel, modules and words on the console", () => {
  const recipe = readFileSync(join(import.meta.dirname, '../../image/mkosi/mkosi.conf'), 'utf8');
  const text = peerSettings(recipe, lock);
  assert.match(text, new RegExp(`^ {4}${RegExp.escape(kernel.name)}$`, 'm'));
  assert.match(text, /^KernelCommandLine=.* loglevel=5 systemd\.show_status=auto$/m);
  assert.match(text, /^KernelModulesInitrdInclude=\n {4}\/ahci\.ko$/m);
  assert.match(text, /^ {4}\/usbhid\.ko\nPackages=$/m);
  const newer = { ...kernel, sha256: 'f'.repeat(64) };
  const packages = lock.packages.map((p) => (p === kernel ? newer : p));
  assert.notEqual(peerSettings(recipe, { ...lock, packages }), text);
  assert.throws(() => peerSettings('', lock), /nothing like/);
});

test("the peer's packages are RayOS's where it has them, and today's where not", async () => {
  const named = (name: string, parts: LockedPackage['parts']): LockedPackage => ({
    ...{ name, parts, version: '2', architecture: 'amd64', sha256: '0'.repeat(64) },
  });
  const today = [{ ...kernel, version: '9' }, named('openssh-server', ['image'])];
  const archive: Archive = {
    resolve: async () => today,
    fetch: async (wanted) => wanted.filter(({ version }) => version === 'gone'),
    fileOf: ({ name }) => name,
  };
  const onlyTools = named('mkosi', ['tools']);
  const of = (packages: readonly LockedPackage[]) =>
    peerPackages({ ...lock, packages }, archive, () => {});
  assert.deepEqual(await of([kernel, onlyTools]), [kernel, today[1]]);
  await assert.rejects(of([{ ...kernel, version: 'gone' }]), /no longer has .* gone/);
});

test('the marker of the peer goes to a console that is opened for it', () => {
  const [unit = ''] = debian('x.raw').smbiosStrings;
  const content = Buffer.from(unit.slice(unit.indexOf('=') + 1), 'base64').toString();
  assert.match(content, />\/dev\/console'$/m);
  assert.doesNotMatch(content, /TTYPath/);
});
