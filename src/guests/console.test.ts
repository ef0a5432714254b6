import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Emitter } from '../foundation/index.ts';
import { GuestConsole, type LiveConsole } from './console.ts';

function folder() {
  const path = mkdtempSync(join(tmpdir(), 'rayos-console-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

function live() {
  const heard = new Emitter<Buffer>();
  const closed = Promise.withResolvers<void>();
  const typed: string[] = [];
  const port: LiveConsole = {
    heard,
    closed: closed.promise,
    type: (bytes) => {
      if (typed.length === 2) return false;
      typed.push(Buffer.from(bytes).toString());
      return true;
    },
  };
  return { port, typed, say: (text: string) => heard.emit(Buffer.from(text)), end: closed.resolve };
}

async function whole(text: AsyncIterable<string>): Promise<string> {
  return (await Array.fromAsync(text)).join('');
}

const { signal } = new AbortController();

test('the end of the log is told, across the turn of the log; of a guest that never ran, nothing', async () => {
  using dir = folder();
  const log = join(dir.path, 'serial.log');
  assert.equal(await whole(new GuestConsole(log, undefined).read(100, true, signal)), '');
  writeFileSync(`${log}.1`, 'the older part, ');
  writeFileSync(log, 'the newer part');
  const console = new GuestConsole(log, undefined);
  assert.equal(await whole(console.read(1000, true, signal)), 'the older part, the newer part');
  assert.equal(await whole(console.read(20, false, signal)), 'part, the newer part');
  assert.equal(await whole(console.read(0, false, signal)), '');
});

test('several readers hear the same, characters stay whole, and the end of the machine ends them', async () => {
  using dir = folder();
  const { port, say, end } = live();
  const console = new GuestConsole(join(dir.path, 'serial.log'), port);
  const readers = [console.read(10, true, signal), console.read(10, true, signal)];
  const firsts = readers.map((reader) => reader.next());
  const [head, tail] = [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)];
  say('login: ');
  port.heard.emit(head);
  assert.deepEqual(await Promise.all(firsts.map(async (f) => (await f).value)), [
    'login: ',
    'login: ',
  ]);
  port.heard.emit(tail);
  end();
  for (const reader of readers) assert.equal(await whole(reader), 'é');
  assert.equal(port.heard.size, 0);
});

test('a slow reader gets the newest, and is told how much it has missed; leaving ends its part', async () => {
  using dir = folder();
  const { port, say } = live();
  const leave = new AbortController();
  const reader = new GuestConsole(join(dir.path, 'serial.log'), port).read(0, true, leave.signal);
  const first = reader.next();
  say('begin\n');
  assert.equal((await first).value, 'begin\n');
  for (let i = 0; i < 100; i++) say(`${i}`.padStart(16 * 1024, '.'));
  const missed = (await reader.next()).value ?? '';
  assert.equal(missed, `\n… ${84 * 16 * 1024} bytes were left out …\n`);
  let rest = '';
  for (let i = 0; i < 4; i++) rest += (await reader.next()).value;
  assert.ok(rest.endsWith('.99') && rest.length === 256 * 1024);
  const last = reader.next();
  leave.abort();
  assert.equal((await last).done, true);
  assert.equal(port.heard.size, 0);
});

test('typing says how many bytes went, or that the guest does not read', () => {
  const { port, typed } = live();
  const console = new GuestConsole('/nonexistent', port);
  assert.equal(console.type('é\r'), 3);
  console.type('x');
  assert.equal(console.type('y'), undefined);
  assert.deepEqual(typed, ['é\r', 'x']);
  assert.equal(new GuestConsole('/nonexistent', undefined).type('x'), undefined);
});
