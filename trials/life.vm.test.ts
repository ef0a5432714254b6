// A guest's life beyond start and stop: paused, saved to disk and going on from there, and back on screen
// after a restart of RayOS.

import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { defaultPolicyText } from '../src/policy/index.ts';
import { runs, TestRayos } from './harness/rayos.ts';

const guest = 'rescue-desktop';
const folder = mkdtempSync(join(tmpdir(), 'rayos-life-'));
after(() => rmSync(folder, { recursive: true }));

/** A guest on screen in whose shell a person has left something that only its memory knows. */
async function inUse(rayos: TestRayos): Promise<void> {
  await rayos.run('guest.create', { name: guest });
  await rayos.run('guest.present', { guest });
  await say(rayos, 'MARK=still-here; echo it-is-set > /dev/ttyS0');
  await rayos.serialSays(guest, 'it-is-set');
}

async function say(rayos: TestRayos, text: string): Promise<void> {
  await rayos.run('input.type', { text });
  await rayos.run('input.press', { keys: 'enter' });
}

async function remembers(rayos: TestRayos, word: string): Promise<void> {
  await say(rayos, `echo $MARK-${word} > /dev/ttyS0`);
  await rayos.serialSays(guest, `still-here-${word}`);
}

async function memoryFile(rayos: TestRayos, name = guest): Promise<string> {
  const { id } = await rayos.run('guest.show', { guest: name });
  return join(rayos.stateDir, 'guests', id, 'memory.state');
}

test('a guest is paused, suspended and goes on where it was; a state that is broken is told', async () => {
  await using rayos = await TestRayos.start();
  await inUse(rayos);
  const { pid = 0 } = await rayos.run('guest.show', { guest });
  assert.equal((await rayos.run('guest.pause', { guest })).state, 'paused');
  const asked = await rayos.ask('guest.stop', { guest });
  assert.ok('error' in asked && asked.error.code === 'GUEST_PAUSED');
  assert.equal((await rayos.run('guest.resume', { guest })).state, 'running');
  await remembers(rayos, 'paused');

  assert.equal((await rayos.run('guest.suspend', { guest })).state, 'suspended');
  assert.equal(runs(pid), false);
  const { suspended } = await rayos.run('guest.show', { guest });
  assert.ok(suspended !== undefined && suspended.sizeBytes > 1 << 20);
  const from = performance.now();
  const shown = await rayos.run('guest.present', { guest });
  console.log(`saved state → presented: ${Math.round(performance.now() - from)} ms`);
  assert.partialDeepStrictEqual(shown.guest, { state: 'running', ready: true, presented: true });
  await rayos.marker('GUEST:WOKEN');
  await remembers(rayos, 'woken');
  assert.equal(existsSync(await memoryFile(rayos)), false);

  await rayos.run('guest.suspend', { guest });
  truncateSync(await memoryFile(rayos), 1 << 20);
  assert.equal((await rayos.run('guest.start', { guest })).state, 'running');
  const { reason } = (await rayos.marker('GUEST:COLD_BOOTED')).arguments;
  assert.match(String(reason), /not whole/);

  const stopped = await rayos.run('guest.stop', { guest });
  assert.equal(stopped.steps[0]?.step, 'agent');
  assert.deepEqual((await rayos.run('guest.stop', { guest })).steps, [], 'it is stopped already');
});

test('RayOS stops and starts: the guest goes on where it was, on screen', async () => {
  await using rayos = await TestRayos.start();
  await inUse(rayos);
  assert.equal(await rayos.stop(), 0);
  await rayos.boot();
  await rayos.marker('GUEST:WOKEN');
  await rayos.marker('PRESENTATION:PRESENTED');
  await remembers(rayos, 'restart');
});

for (const at of ['GUEST:SUSPENDING', 'GUEST:STARTING'] as const)
  test(`kill -9 of rayosd at ${at} of a saved guest: it is there, or rests on disk, and goes on`, async () => {
    await using rayos = await TestRayos.start();
    await inUse(rayos);
    const before = rayos.markers.length;
    if (at === 'GUEST:STARTING') await rayos.run('guest.suspend', { guest });
    const command = at === 'GUEST:STARTING' ? 'guest.start' : 'guest.suspend';
    void rayos.ask(command, { guest }).catch(() => undefined);
    await rayos.marker(at, { after: before });
    await rayos.kill();
    await rayos.boot();
    await rayos.run('guest.present', { guest });
    await remembers(rayos, 'kill');
    assert.ok(!rayos.markers.some(({ name }) => name === 'GUEST:COLD_BOOTED'));
    assert.equal(existsSync(await memoryFile(rayos)), false);
    assert.equal(existsSync(`${await memoryFile(rayos)}.tmp`), false);
  });

/** A disc that nothing boots from: its guest runs as soon as its machine does. */
function emptyDisc(): string {
  const file = join(folder, 'disc.iso');
  const disc = Buffer.alloc(40 * 2048);
  disc.write('\u0001CD001\u0001', 16 * 2048, 'latin1');
  disc.writeUInt32LE(40, 16 * 2048 + 80);
  disc.writeUInt16LE(2048, 16 * 2048 + 128);
  disc.write('\u00ffCD001\u0001', 17 * 2048, 'latin1');
  writeFileSync(file, disc);
  return file;
}

/** A RayOS whose policy opens what these trials take away again, with a guest of 256 MiB that runs. */
async function withDisc(disc: string): Promise<TestRayos> {
  const rayos = await TestRayos.start();
  await rayos.kill();
  const policy = defaultPolicyText
    .replace('network = "off"', 'network = "restricted"')
    .replace('allow = ["~"]', `allow = ["${folder}"]`);
  writeFileSync(join(rayos.stateDir, 'policy.toml'), policy);
  await rayos.boot();
  const made = { name: 'disc', from: disc, firmware: 'bios', memoryMiB: 256 } as const;
  await rayos.run('guest.create', { ...made, diskGiB: 1, network: 'restricted' });
  return rayos;
}

async function consented(rayos: TestRayos, command: string, args: object): Promise<void> {
  const asked = await rayos.ask(command, args);
  assert.ok('consent' in asked, JSON.stringify(asked));
  const done = await rayos.ask(command, args, asked.consent);
  assert.ok('result' in done, JSON.stringify(done));
}

/** Starting the guest is refused with `words`, and it rests on disk as before. */
async function staysSuspended(rayos: TestRayos, words: RegExp): Promise<void> {
  const answer = await rayos.ask('guest.start', { guest: 'disc' });
  assert.ok('error' in answer, 'it was started');
  assert.match(answer.error.message, words);
  const { state, reason, suspended } = await rayos.run('guest.show', { guest: 'disc' });
  assert.equal(state, 'suspended');
  assert.match(reason ?? '', words);
  assert.equal(
    statSync(await memoryFile(rayos, 'disc')).size,
    suspended?.sizeBytes,
    'its state is whole',
  );
}

/** What a process holds open. */
function openFiles(pid = 0): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
    } catch {
      return []; // closed meanwhile
    }
  });
}

test('a saved state is kept while it is not its own fault, and gives nothing back that was taken', async () => {
  chmodSync(folder, 0o755);
  const disc = emptyDisc();
  const papers = join(folder, 'papers');
  mkdirSync(papers, { mode: 0o755 });
  await using rayos = await withDisc(disc);
  const name = 'disc';
  await consented(rayos, 'folder.share', { guest: name, path: papers });
  await rayos.run('guest.start', { guest: name });
  const { pid } = await rayos.run('guest.show', { guest: name });
  assert.ok(openFiles(pid).includes(papers));
  await rayos.run('guest.suspend', { guest: name });

  renameSync(disc, `${disc}.away`);
  await staysSuspended(rayos, /cannot be started: ENOENT.*rests on disk as before/s);
  renameSync(`${disc}.away`, disc);

  using database = new DatabaseSync(join(rayos.stateDir, 'rayos.db'));
  const rename = (from: string, to: string) =>
    database.prepare('UPDATE guest SET saved = replace(saved, ?, ?)').run(from, to);
  rename('"accelerator":', '"accelerator":"none","was":');
  await staysSuspended(rayos, /it was saved under none/);
  rename('"accelerator":"none","was":', '"accelerator":');

  await rayos.run('guest.set', { guest: name, network: 'off' });
  await staysSuspended(rayos, /suspended with the network "restricted", and may have "off" now/);
  await rayos.run('guest.set', { guest: name, network: 'restricted', memoryMiB: 128 });
  await rayos.run('folder.unshare', { guest: name, name: 'papers' });

  await rayos.run('guest.start', { guest: name });
  await rayos.marker('GUEST:WOKEN');
  assert.ok(!rayos.markers.some(({ name }) => name === 'GUEST:COLD_BOOTED'));
  const woken = await rayos.run('guest.show', { guest: name });
  assert.ok(!openFiles(woken.pid).includes(papers), 'its folder was taken away');
  assert.doesNotMatch(woken.limits.heldBy, /128 MiB/, 'it runs with the memory it had');

  // A QEMU that dies as it is saved has failed, whatever else is heard of it.
  process.kill(woken.pid ?? 0, 'SIGSTOP');
  const before = rayos.markers.length;
  const asked = rayos.ask('guest.suspend', { guest: name });
  await rayos.marker('GUEST:SUSPENDING', { after: before });
  process.kill(woken.pid ?? 0, 'SIGKILL');
  assert.ok('error' in (await asked));
  await rayos.marker('GUEST:FAILED', { after: before });
  assert.equal((await rayos.run('guest.show', { guest: name })).state, 'failed');
  await rayos.run('guest.start', { guest: name });

  // One that can neither be saved nor stopped outlives RayOS, also one that a person paused.
  const { pid: last = 0 } = await rayos
    .run('guest.pause', { guest: name })
    .then(() => rayos.run('guest.show', { guest: name }));
  const blocked = `${await memoryFile(rayos, name)}.tmp`;
  mkdirSync(join(blocked, 'in the way'), { recursive: true });
  assert.equal(await rayos.stop(), 0);
  assert.ok(runs(last), 'it was killed');
  assert.match(rayos.output, /runs on: it could not be saved/);
  rmSync(blocked, { recursive: true });
  await rayos.boot();
  await rayos.marker('GUEST:REATTACHED');
  assert.equal((await rayos.run('guest.show', { guest: name })).pid, last);
});
