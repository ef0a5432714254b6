import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { test } from 'node:test';
import { openLink } from './link.ts';

test('bytes arrive whole and in order, no sooner than the link allows', {
  timeout: 30_000,
}, async () => {
  const sent = Buffer.from(Uint8Array.from({ length: 200_000 }, (_, i) => (i * 31) & 0xff));
  await using server = createServer((socket) => socket.end(sent));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await using link = await openLink({ bytesPerSecond: 1_000_000, delayMs: 20 }, [port]);
  const begun = performance.now();
  const socket = connect(link.ports[0] ?? 0, '127.0.0.1');
  const got: Buffer[] = [];
  for await (const chunk of socket) got.push(chunk as Buffer);
  assert.ok(Buffer.concat(got).equals(sent));
  assert.ok(performance.now() - begun >= 200, 'bytes at a megabyte a second');
});
