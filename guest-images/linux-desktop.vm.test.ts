// The Linux desktop on its disk, in a real QEMU under software emulation: ready, its screen, its programs,
// its clipboard, and that what a person changes is there after a restart.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { buildGuestImage, type GuestImage } from './index.ts';
import { type Machine, makeDisk, startMachine } from './testing/machine.ts';

const patience = 400_000;
let image: GuestImage;
let folder: string;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rayos-disks-'));
  image = await buildGuestImage('linux-desktop');
});
after(() => rmSync(folder, { recursive: true, force: true }));

async function ready(signal: AbortSignal, disk: string, heads = 1): Promise<Machine> {
  const machine = await startMachine(image, signal, { disk, heads });
  assert.equal(await machine.agent.next(/^can /, signal), 'can display clipboard open folder');
  assert.match(await machine.agent.next(/^ready /, signal), /^ready \d+\.\d+$/);
  return machine;
}

/** One clipping as it comes out of the clipboard's port. */
async function clipping(socket: Socket, signal: AbortSignal): Promise<string> {
  let all = '';
  socket.setEncoding('utf8');
  for await (const chunk of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<string>) {
    all += String(chunk);
    const [, bytes, text] = /^clip text\/plain (\d+)\n(.*)$/s.exec(all) ?? [];
    if (text !== undefined && Buffer.byteLength(text) >= Number(bytes)) return text;
    signal.throwIfAborted();
  }
  throw new Error(`the clipboard's port closed after ${JSON.stringify(all)}`);
}

test('a file that the person wrote is there after a clean stop and a new start', {
  timeout: patience,
}, async (t) => {
  const disk = makeDisk(image, folder);
  {
    await using machine = await ready(t.signal, disk);
    const bar = '13,18,34';
    await machine.screen((at) => at(640, 60) !== bar && at(640, 500) === bar);
    await machine.shell('echo kept >/home/ray/note.txt; id -un | grep -qx ray && sudo -n true');
    machine.agent.send('shutdown');
    assert.equal(await machine.agent.next(/^stopping$/, t.signal), 'stopping');
    assert.deepEqual(await machine.exited, { code: 0, signal: null });
  }
  await using machine = await ready(t.signal, disk);
  machine.agent.send('open /home/ray/note.txt');
  assert.equal(await machine.agent.next(/^opened /, t.signal), 'opened ok');
  await machine.shell('grep -qx kept /home/ray/note.txt');
  await machine.qmp('system_powerdown');
  assert.equal(await machine.agent.next(/^stopping$/, t.signal), 'stopping');
  assert.deepEqual(await machine.exited, { code: 0, signal: null });
});

test('it follows the window, opens by name, shares the clipboard, and takes no nonsense', {
  timeout: patience,
}, async (t) => {
  const own = mkdtempSync(join(folder, 'second-'));
  await using machine = await ready(t.signal, makeDisk(image, own), 2);
  const { agent } = machine;

  agent.send('display 0 1600 904 150');
  assert.equal(await agent.next(/^display 0/, t.signal), 'display 0 1600 904');
  await machine.screen((at) => at.width === 1600 && at.height === 904);
  // The machine has two heads, and nobody has switched the second one on.
  agent.send('display 1 1024 768 100');
  assert.equal(await agent.next(/./, t.signal), 'unknown');

  for (const [what, answer] of [
    ['terminal', 'ok'],
    ['File%20Manager', 'ok'],
    ['/home/ray', 'ok'],
    ['no-such-program', 'unknown'],
    ['/no/such/file', 'unknown'],
    ['%3Brm%20-rf%20/', 'unknown'],
    ['$(id)', 'unknown'],
  ] as const) {
    agent.send(`open ${what}`);
    assert.equal(await agent.next(/^(opened|unknown)/, t.signal), `opened ${answer}`, what);
  }

  for (const nonsense of [
    'sing',
    'open %zz',
    'display 9 1 1 1',
    'display 0 99999 1 100',
    'folder a ../b 9p ro',
    'folder a b nfs ro',
    'x'.repeat(5000),
  ]) {
    agent.send(nonsense);
    assert.equal(await agent.next(/./, t.signal), 'unknown', nonsense.slice(0, 40));
  }
  agent.send('folder nothing docs 9p ro');
  assert.equal(await agent.next(/./, t.signal), 'folder docs failed');
  agent.send('hello');
  assert.equal(await agent.next(/./, t.signal), 'state ready');

  const clipboard = await machine.clipboard();
  const text = 'Grüße aus dem Gast: “€” 漢字';
  clipboard.write(`clip text/plain ${Buffer.byteLength(text)}\n${text}`);
  await machine.shell('until wl-paste -n | grep -q Gast; do sleep 0.2; done');
  const answer = clipping(clipboard, t.signal);
  await machine.shell('wl-paste -n | tr a b | wl-copy');
  assert.equal(await answer, text.replaceAll('a', 'b'));
  clipboard.destroy();
});
