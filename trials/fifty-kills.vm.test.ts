// rayosd is killed fifty times at random moments under a guest in which a person writes: the document that
// was never saved and the session are there after each, and nothing is left behind.

import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { decode } from 'fast-png';
import { randoms } from './harness/randoms.ts';
import { runs, TestRayos } from './harness/rayos.ts';

const guest = 'rescue-desktop';
const kills = 50;
const seed = Number(process.env.RAYOS_SEED ?? randomInt(2 ** 31));

/** The middle of the screen, where the document is: the bar with its clock is not in it. */
async function document(rayos: TestRayos): Promise<Buffer> {
  const { data } = await rayos.run('screenshot.guest', { guest });
  const { width, channels, data: pixels } = decode(Buffer.from(data, 'base64'));
  const row = width * channels;
  return Buffer.from(pixels.buffer, pixels.byteOffset).subarray(100 * row, 700 * row);
}

/** The picture once it has stood still. */
async function stillDocument(rayos: TestRayos): Promise<Buffer> {
  for (let before = await document(rayos); ; ) {
    await sleep(150);
    const now = await document(rayos);
    if (now.equals(before)) return now;
    before = now;
  }
}

async function counts(rayos: TestRayos, pid: number) {
  const descriptors = (of: number) => readdirSync(`/proc/${of}/fd`).length;
  const processes = readdirSync('/proc').filter((name) => {
    try {
      const line = readFileSync(`/proc/${name}/cmdline`, 'utf8');
      const status = readFileSync(`/proc/${name}/status`, 'utf8');
      const parent = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]);
      return Number(name) === pid || parent === rayos.pid || line.includes(rayos.stateDir);
    } catch {
      return false;
    }
  }).length;
  const files = readdirSync(rayos.stateDir, { recursive: true }).length;
  return { processes, files, rayosd: descriptors(rayos.pid), qemu: descriptors(pid) };
}

test(`rayosd killed ${kills} times (seed ${seed}): the document and the session stay`, async () => {
  console.log(`seed ${seed}`);
  const random = randoms(seed);
  await using rayos = await TestRayos.start();
  await rayos.run('guest.create', { name: guest });
  await rayos.run('guest.present', { guest });
  await rayos.run('input.type', { text: 'nano letter' });
  await rayos.run('input.press', { keys: 'enter' });
  await stillDocument(rayos);
  let text = 'Dear Ada, ';
  await rayos.run('input.type', { text });
  let picture = await stillDocument(rayos);
  const { pid = 0 } = await rayos.run('guest.show', { guest });
  const before = await counts(rayos, pid);

  for (let kill = 0; kill < kills; kill++) {
    const busy = ['guest.show', 'screenshot.guest', 'guest.present'] as const;
    const command = busy[Math.floor(random() * busy.length)] ?? 'guest.show';
    void rayos.ask(command, { guest }).catch(() => undefined);
    await sleep(random() * 300);
    await rayos.kill();
    assert.ok(runs(pid), 'the guest runs on');
    await rayos.boot();
    await rayos.marker('PRESENTATION:PRESENTED');
    assert.ok((await stillDocument(rayos)).equals(picture), `the document after kill ${kill + 1}`);
    const more = String.fromCharCode(97 + (kill % 26));
    await rayos.run('input.type', { text: more });
    text += more;
    picture = await stillDocument(rayos);
  }

  const after = await counts(rayos, pid);
  console.log('before', before, 'after', after);
  // Fewer: the spare framer for the next guest may not be up yet.
  assert.ok(after.processes <= before.processes, 'processes');
  assert.equal(after.files, before.files);
  assert.equal(after.qemu, before.qemu);
  assert.ok(after.rayosd <= before.rayosd + 2, 'descriptors of rayosd');
  await rayos.run('input.press', { keys: 'ctrl+s' });
  await rayos.run('input.press', { keys: 'ctrl+x' });
  await stillDocument(rayos);
  await rayos.run('input.type', { text: 'cat letter > /dev/ttyS0' });
  await rayos.run('input.press', { keys: 'enter' });
  await rayos.serialSays(guest, text);
});
