// What viewers and framers say, nearly right: as messages, and as bytes on a viewer's real socket.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import type { WebSocket } from 'ws';
import { protocolName } from '../../contracts/viewer-protocol.ts';
import { corpusOf, fuzz, mutated } from '../../foundation/testing-fuzz.ts';
import { openWebSocket } from './handshake.ts';
import { maxMessageBytes, parseViewerMessage } from './messages.ts';
import { isFromFramer, isToFramer } from './protocol.ts';

const corpus = join(import.meta.dirname, 'corpus');

/** Every number is finite and every text short: whoever gets the message may count on it. */
function assertBounded(value: unknown, most: number): void {
  if (typeof value === 'number') assert.ok(Number.isFinite(value));
  else if (typeof value === 'string') assert.ok(value.length <= most);
  else if (typeof value === 'object' && value !== null)
    for (const each of Object.values(value)) assertBounded(each, most);
}

test('lines that are nearly messages: one of the protocol, within its bounds, or none', () => {
  let accepted = 0;
  fuzz(corpus, (bytes) => {
    for (const line of bytes.toString('utf8').split('\n')) {
      const message = parseViewerMessage(line);
      if (message !== undefined) {
        accepted++;
        assertBounded(message, 80);
      }
      let value: unknown;
      try {
        value = JSON.parse(line);
      } catch {
        continue;
      }
      if (isFromFramer(value)) assertBounded(value, 300_000);
      isToFramer(value);
    }
  });
  assert.ok(accepted > 1000, 'most of the corpus is left as it is');
});

const headers = {
  upgrade: 'websocket',
  connection: 'Upgrade',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version': '13',
  'sec-websocket-protocol': protocolName,
};

/** A viewer's socket as the framer has it, and what comes of bytes on it. */
async function speak(port: number, bytes: Buffer, sockets: AsyncIterator<Socket>): Promise<void> {
  const client = connect(port, '127.0.0.1');
  client.on('error', () => {});
  const { value: socket } = (await sockets.next()) as { value: Socket };
  const closed = once(socket, 'close');
  const opened = new Promise<WebSocket>((resolve) => {
    openWebSocket(socket, Buffer.alloc(0), headers, (ws) => {
      ws.on('error', () => ws.terminate());
      ws.on('message', (data, isBinary) => {
        const { length } = data as Buffer;
        assert.ok(length <= maxMessageBytes, `a message of ${length} bytes`);
        if (!isBinary) parseViewerMessage(String(data));
      });
      resolve(ws);
    });
  });
  await opened;
  client.resume();
  client.end(bytes);
  await closed;
}

test('bytes that are nearly a WebSocket: the connection ends, and nothing else does', async () => {
  const server = createServer();
  const waiting: Socket[] = [];
  let wake = () => {};
  server.on('connection', (socket) => {
    waiting.push(socket);
    wake();
  });
  const sockets: AsyncIterator<Socket> = {
    async next() {
      while (waiting.length === 0)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      return { done: false, value: waiting.shift() as Socket };
    },
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const seeds = corpusOf(corpus).filter(({ name }) => name.startsWith('websocket'));
  try {
    for (const { bytes } of seeds) await speak(port, bytes, sockets);
    await fc.assert(
      fc.asyncProperty(mutated(seeds), (bytes) => speak(port, bytes, sockets)),
      { numRuns: 300 },
    );
  } finally {
    server.close();
  }
});
