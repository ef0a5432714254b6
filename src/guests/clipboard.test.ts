import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { Clipboard } from './clipboard.ts';
import { ClipFormError, ClipReader, isGenuine, maxClipBytes } from './clipboard-port.ts';

const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.from('rest')]);
const framed = (mediaType: string, bytes: Buffer) =>
  Buffer.concat([Buffer.from(`clip ${mediaType} ${bytes.length}\n`), bytes]);

async function guest(rule: 'ask' | 'allow' | 'deny') {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-clip-'));
  const path = join(folder, 'clip.sock');
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const clipboard = new Clipboard(path, { name: 'g', title: 'Guest' }, rule);
  return {
    clipboard,
    sockets,
    connected: async () => sockets.at(-1) ?? ((await once(server, 'connection')) as [Socket])[0],
    next: () =>
      new Promise<{ sequence: number }>((resolve) => {
        const stop = clipboard.changed.on((news) => {
          stop();
          resolve(news);
        });
      }),
    [Symbol.dispose]() {
      clipboard[Symbol.dispose]();
      for (const socket of sockets) socket.destroy();
      server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

test('clips come out whole however the stream is cut', () => {
  const clip = fc.record({
    mediaType: fc.constantFrom('text/plain' as const, 'image/png' as const),
    bytes: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  });
  fc.assert(
    fc.property(fc.array(clip), fc.array(fc.nat(30)), (clips, cuts) => {
      const stream = Buffer.concat(clips.map((c) => framed(c.mediaType, c.bytes)));
      const reader = new ClipReader();
      const got = [];
      let at = 0;
      for (const cut of [...cuts, stream.length]) {
        got.push(...reader.push(stream.subarray(at, at + cut)));
        at += cut;
      }
      assert.deepEqual(
        got.map(({ mediaType, bytes }) => [mediaType, bytes.toString('hex')]),
        clips.map(({ mediaType, bytes }) => [mediaType, bytes.toString('hex')]),
      );
    }),
  );
});

test('what is not the protocol ends it; no size is believed that is too large', () => {
  for (const wrong of [
    'clop text/plain 1\n',
    'clip text/html 1\n',
    'clip text/plain -1\n',
    `clip text/plain ${maxClipBytes + 1}\n`,
    'clip text/plain 1 1\n',
    'x'.repeat(100),
  ])
    assert.throws(() => new ClipReader().push(Buffer.from(wrong)), ClipFormError, wrong);
  fc.assert(
    fc.property(fc.array(fc.uint8Array()), (chunks) => {
      const reader = new ClipReader();
      try {
        for (const chunk of chunks) reader.push(Buffer.from(chunk));
      } catch (thrown) {
        assert.ok(thrown instanceof ClipFormError);
      }
    }),
  );
});

test('a clip is what it says, or nothing', () => {
  const is = (mediaType: 'text/plain' | 'image/png', bytes: Buffer) =>
    isGenuine({ mediaType, bytes });
  assert.ok(is('text/plain', Buffer.from('grüße 😀')));
  assert.ok(is('image/png', png));
  assert.ok(!is('image/png', Buffer.from('<svg>')));
  assert.ok(!is('text/plain', Buffer.from([0xff, 0xfe])));
  assert.ok(!is('text/plain', Buffer.from('a\0b')));
});

test('allowed and presented, it goes both ways', async () => {
  using here = await guest('allow');
  assert.throws(() => here.clipboard.read(), { code: 'NOT_PRESENTED' });
  here.clipboard.setPresented(true);
  const socket = await here.connected();
  const news = here.next();
  socket.write(framed('text/plain', Buffer.from('from the guest')));
  assert.equal((await news).sequence, 1);
  assert.equal(here.clipboard.read().clip?.bytes.toString(), 'from the guest');
  here.clipboard.write({ mediaType: 'image/png', bytes: png });
  const [got] = (await once(socket, 'data')) as [Buffer];
  assert.deepEqual(got, framed('image/png', png));
  assert.throws(
    () => here.clipboard.write({ mediaType: 'image/png', bytes: Buffer.from('x') }),
    /no PNG/,
  );
  here.clipboard.setPresented(false);
  await once(socket, 'close');
  assert.throws(() => here.clipboard.read(), { code: 'NOT_PRESENTED' });
});

test('until a person says so, news of it are told and nothing passes', async () => {
  using here = await guest('ask');
  here.clipboard.setPresented(true);
  const socket = await here.connected();
  const news = here.next();
  socket.write(framed('text/plain', Buffer.from('secret')));
  await news;
  assert.throws(() => here.clipboard.read(), { code: 'CLIPBOARD_CLOSED' });
  const bytes = Buffer.from('x');
  assert.throws(() => here.clipboard.write({ mediaType: 'text/plain', bytes }), {
    code: 'CLIPBOARD_CLOSED',
  });
  here.clipboard.setRule('allow');
  assert.equal(here.clipboard.read().clip?.bytes.toString(), 'secret');
  here.clipboard.setRule('deny');
  await once(socket, 'close');
  assert.throws(() => here.clipboard.read(), { code: 'CLIPBOARD_CLOSED' });
});

test('a guest that breaks the form, or is flooding, is not news without end', async () => {
  using here = await guest('allow');
  here.clipboard.setPresented(true);
  const socket = await here.connected();
  let told = 0;
  here.clipboard.changed.on(() => told++);
  for (let i = 0; i < 500; i++) socket.write(framed('text/plain', Buffer.from(`clip ${i}`)));
  socket.write('nonsense\n');
  socket.on('error', () => undefined);
  await once(socket, 'close');
  assert.ok(told <= 2, `${told} times`);
  assert.throws(() => here.clipboard.write({ mediaType: 'text/plain', bytes: Buffer.from('x') }), {
    code: 'AGENT_MISSING',
  });
});
