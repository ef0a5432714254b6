import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { protocolName } from '../../contracts/viewer-protocol.ts';
import { InputQueue } from '../../input/index.ts';
import type { Audience } from './audience.ts';
import type { HandshakeHeaders } from './protocol.ts';
import { Seat } from './seat.ts';
import { admit } from './viewer-socket.ts';

const nothing = async () => {};
const sink = {
  keyboard: { press: nothing, release: nothing },
  mouse: { setAbsPosition: nothing, press: nothing, release: nothing },
};
const hello = JSON.stringify({ type: 'hello', encodings: ['raw'], quality: 'auto', name: 'A' });

/** A framer's door on a real socket; `entered` when the viewer may be sent pictures, `heard` at its hello. */
async function door() {
  const entered = Promise.withResolvers<void>();
  const heard = Promise.withResolvers<void>();
  let isIn = false;
  const add = () => {
    isIn = true;
    entered.resolve();
  };
  const audience = { size: 0, add, remove: () => {}, wake: () => {} } as unknown as Audience;
  const queue = new InputQueue({ sink, screen: () => ({ width: 8, height: 8 }) });
  const seat = new Seat({ onHeld: () => {}, onRoom: () => {} });
  const server = createServer();
  server.on('upgrade', ({ headers }, socket, rest) => {
    const request = {
      type: 'viewer',
      viewer: 'v',
      head: 0,
      party: 'p',
      rest: rest.toString('base64'),
      headers: headers as HandshakeHeaders,
    } as const;
    admit(request, socket as Socket, {
      audience,
      seat,
      openInput: () => queue.open(),
      onMessage: () => heard.resolve(),
      onJoined: () => {},
      onStalled: () => {},
      onLeft: () => {},
      onRefused: () => {},
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ws = new WebSocket(`ws://127.0.0.1:${port}/`, protocolName, { autoPong: false });
  return {
    ws,
    entered: entered.promise,
    heard: heard.promise,
    isIn: () => isIn,
    async [Symbol.asyncDispose]() {
      ws.terminate();
      server.closeAllConnections();
      server.close();
      await queue[Symbol.asyncDispose]();
    },
  };
}

test('the first picture waits for the way there and back to be measured', {
  timeout: 20_000,
}, async () => {
  await using framer = await door();
  const { ws } = framer;
  const pings: Buffer[] = [];
  let answer = (data: Buffer): void => void pings.push(data);
  ws.on('ping', (data: Buffer) => answer(data));
  await once(ws, 'open');
  ws.send(hello);
  await framer.heard;
  assert.equal(framer.isIn(), false, 'it has said what it can decode, and its way is not known');
  answer = (data) => ws.pong(data);
  for (const data of pings) answer(data);
  await framer.entered;
});

test('who answers no ping is let in all the same', { timeout: 20_000 }, async () => {
  await using framer = await door();
  await once(framer.ws, 'open');
  framer.ws.send(hello);
  await framer.entered;
});
