// A session under a viewer's real WebSocket.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { protocolName, type ViewerMessage } from '../../contracts/viewer-protocol.ts';
import type { DisplayListener } from '../../hypervisor/display/index.ts';
import { Session } from './session.ts';

const never = new Promise<never>(() => {});

function startSession(): Session {
  const session = new Session({
    guest: 'g',
    connection: {
      keyboardAt: () => ({ modifiers: () => never }),
      mouseAt: () => ({ isAbsolute: () => never }),
      setUIInfo: () => never,
      onLights: () => {},
    } as never,
    tell: () => {},
  });
  const silent = { take: () => undefined, onChange() {}, onCursor() {}, onPointer() {} };
  session.addHead(0, silent as unknown as DisplayListener);
  return session;
}

/** A viewer of the first screen, which has said these and been heard. */
async function join(session: Session, ...said: ViewerMessage[]) {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.on('upgrade', ({ headers }, socket, rest) => {
    const names = { viewer: 'v', head: 0, party: 'p', rest: rest.toString('base64') };
    session.obey({ type: 'viewer', ...names, headers: headers as never }, socket as never);
  });
  const { port } = server.address() as AddressInfo;
  const viewer = new WebSocket(`ws://127.0.0.1:${port}`, protocolName);
  const heard = Promise.withResolvers<void>();
  viewer.on('message', (text) => {
    if (String(text).includes('"stream"')) heard.resolve();
  });
  await once(viewer, 'open');
  for (const message of said) viewer.send(JSON.stringify(message));
  const hello = { type: 'hello', encodings: ['raw'], quality: 'auto', name: '' };
  viewer.send(JSON.stringify(hello));
  // The answer to it: what was said before has been heard.
  await heard.promise;
  return {
    async [Symbol.asyncDispose]() {
      viewer.terminate();
      server.close();
      await once(server, 'close');
    },
  };
}

const on = { type: 'sound', on: true } as const;
const off = { type: 'sound', on: false } as const;

test('a viewer that asks for sound before the sound is there hears it then', {
  timeout: 10_000,
}, async () => {
  const session = startSession();
  await using _viewer = await join(session, on);
  const opened = Promise.withResolvers<void>();
  session.addSound(() => {
    opened.resolve();
    return never;
  });
  await opened.promise;
});

test('one that has taken it back is not given it', { timeout: 10_000 }, async () => {
  const session = startSession();
  await using _viewer = await join(session, on, off);
  let isOpened = false;
  session.addSound(() => {
    isOpened = true;
    return never;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(isOpened, false);
});
