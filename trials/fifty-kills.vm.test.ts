// rayosd is killed fifty times at random moments under a guest in which a person writes: the document that
// was never saved and the session are there after each, and nothing is left behind.

import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { decode } from 'fast-png';
import { until } from '../src/foundation/testing-until.ts';
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

/** Waits until an editor has come up or gone: its title and its help are bars across the window. */
async function otherProgram(rayos: TestRayos, before: Buffer): Promise<Buffer> {
  await until(
    async () => (await document(rayos)).filter((byte, i) => byte !== before[i]).length > 20_000,
    'another program on the screen',
  );
  return changedDocument(rayos, before);
}

/** The picture once it is another one than before, and has stood still between two looks. */
function changedDocument(rayos: TestRayos, before: Buffer): Promise<Buffer> {
  let last: Buffer | undefined;
  return until(
    async () => {
      const now = await document(rayos);
      const isStill = last?.equals(now) === true && !now.equals(before);
      last = now;
      return isStill ? now : undefined;
    },
    'another picture',
    { everyMs: 150 },
  );
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
  const prompt = await document(rayos);
  await rayos.run('input.type', { text: 'nano letter' });
  await rayos.run('input.press', { keys: 'enter' });
  let picture = await otherProgram(rayos, prompt);
  let text = '';
  // One letter is one change of the picture, so that each is on the screen before the next.
  const write = async (letter: string) => {
    await rayos.run('input.type', { text: letter });
    text += letter;
    picture = await changedDocument(rayos, picture);
  };
  for (const letter of 'Dear Ada, ') await write(letter);
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
    const shown = picture;
    await until(
      async () => (await document(rayos)).equals(shown),
      `the document after kill ${kill + 1}`,
    );
    await write(String.fromCharCode(97 + (kill % 26)));
  }

  // What was killed has gone when the machine gets to it. One process more: the spare framer for the next
  // guest, which may not have been up at first. What a kill leaves would be there fifty times.
  let after = before;
  await until(
    async () => {
      after = await counts(rayos, pid);
      const { processes, files, rayosd, qemu } = after;
      const isSame = files === before.files && qemu <= before.qemu;
      return isSame && processes <= before.processes + 1 && rayosd <= before.rayosd + 2;
    },
    'as few processes, files and descriptors as before',
    { said: () => JSON.stringify({ before, after }) },
  );
  console.log('before', before, 'after', after);
  await rayos.run('input.press', { keys: 'ctrl+s' });
  await rayos.run('input.press', { keys: 'ctrl+x' });
  await otherProgram(rayos, picture);
  await rayos.run('input.type', { text: 'cat letter > /dev/ttyS0' });
  await rayos.run('input.press', { keys: 'enter' });
  await rayos.serialSays(guest, text);
});
