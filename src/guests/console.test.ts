import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { Emitter } from '../foundation/index.ts';
import { consoleText, lastOf } from './console.ts';

function fakePort() {
  const closed = Promise.withResolvers<void>();
  return { heard: new Emitter<Uint8Array>(), closed: closed.promise, isOpen: true, ...closed };
}

function log(older: string | Buffer, newest: string | Buffer) {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-console-'));
  const file = join(folder, 'serial.log');
  writeFileSync(`${file}.1`, older);
  writeFileSync(file, newest);
  return { file, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

const never = new AbortController().signal;

async function all(values: AsyncIterable<{ text: string }>): Promise<string> {
  let text = '';
  for await (const value of values) text += value.text;
  return text;
}

test('the last bytes come out of both files of the log, oldest first, in whole characters', () => {
  using kept = log('old ', 'new é');
  assert.equal(lastOf(kept.file, 100).toString(), 'old new é');
  assert.equal(lastOf(kept.file, 6).toString(), 'new é');
  assert.equal(lastOf(kept.file, 1).toString(), '');
  assert.equal(lastOf('/nowhere', 10).length, 0);
});

test('without follow the console is what the log has, also of a guest that does not run', async () => {
  using kept = log('', 'hello');
  assert.equal(await all(consoleText(kept.file, undefined, { follow: true }, never)), 'hello');
  const port = fakePort();
  assert.equal(await all(consoleText(kept.file, port, {}, never)), 'hello');
  assert.equal(port.heard.size, 0);
});

test('several readers hear the same, whole characters however they are cut, until QEMU has gone', async () => {
  using kept = log('', 'before ');
  const said = Buffer.from('é€😀x'.repeat(50));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 9 })), async (cuts) => {
      const port = fakePort();
      const readers = [0, 1].map(() => all(consoleText(kept.file, port, { follow: true }, never)));
      await new Promise((resolve) => setImmediate(resolve));
      let at = 0;
      for (const cut of [...cuts, said.length]) {
        port.heard.emit(said.subarray(at, at + cut));
        at += cut;
      }
      port.resolve();
      for (const text of await Promise.all(readers)) assert.equal(text, `before ${said}`);
      assert.equal(port.heard.size, 0);
    }),
    { numRuns: 30 },
  );
});

test('a reader who does not read holds a bounded part, and is told what was left out', async () => {
  using kept = log('', '');
  const port = fakePort();
  const reader = consoleText(kept.file, port, { follow: true }, never);
  const first = reader.next();
  port.heard.emit(Buffer.from('a'));
  assert.equal((await first).value?.text, 'a');
  for (let i = 0; i < 1000; i++) port.heard.emit(Buffer.alloc(1024, 'x'));
  port.resolve();
  const text = await all(reader);
  assert.equal(text.split('\n')[1], '[761856 bytes came too fast and are left out]');
  assert.ok(text.length < 300 * 1024, `${text.length}`);
});

test('who stops listening is forgotten', async () => {
  using kept = log('', '');
  const port = fakePort();
  const ending = new AbortController();
  const reader = consoleText(kept.file, port, { follow: true }, ending.signal);
  const next = reader.next();
  ending.abort();
  assert.equal((await next).done, true);
  assert.equal(port.heard.size, 0);
});
