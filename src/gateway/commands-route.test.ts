import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { after, before, test } from 'node:test';
import fastify from 'fastify';
import { RayError } from '../contracts/index.ts';
import type { Context, Dispatch } from '../dispatch/index.ts';
import { commandRoutes } from './commands-route.ts';

const app = fastify({ forceCloseConnections: true });
let socket: Socket | undefined;
let signal: AbortSignal | undefined;
let run: () => Promise<unknown> = async () => ({});

before(async () => {
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => JSON.stringify);
  const dispatch = {
    run: (_request: object, context: Context) => {
      signal = context.signal;
      return run();
    },
    stream: async () => [{ line: 'x' }],
  };
  commandRoutes(app, dispatch as unknown as Dispatch, (incoming) => {
    socket = incoming.raw.socket;
    return { actor: { kind: 'person', name: 'person:test' } };
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
});
after(() => app.close());

function send(command: string, agent: Agent) {
  const { port } = app.server.address() as AddressInfo;
  const outgoing = request({
    host: '127.0.0.1',
    port,
    path: `/api/commands/${command}`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    agent,
  });
  outgoing.end('{"arguments":{}}');
  return outgoing;
}

test('a connection that lives on keeps nothing of the commands that it has carried', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const counts: unknown[] = [];
  const sockets = new Set<unknown>();
  for (let i = 0; i < 10; i++) {
    const [response] = (await once(
      send(i % 2 ? 'guest.list' : 'log.markers', agent),
      'response',
    )) as [IncomingMessage];
    await response.toArray();
    await new Promise((resolve) => setImmediate(resolve));
    sockets.add(socket);
    counts.push(socket?.listenerCount('close'));
  }
  assert.equal(sockets.size, 1);
  assert.equal(new Set(counts.slice(2)).size, 1, counts.join());
  assert.equal(signal?.aborted, false);
  agent.destroy();
});

test('a caller who leaves cancels the command, and only then', async () => {
  const agent = new Agent();
  const { promise: started, resolve: start } = Promise.withResolvers<void>();
  run = () => {
    start();
    return new Promise(() => undefined);
  };
  const outgoing = send('guest.list', agent);
  outgoing.on('error', () => undefined);
  await started;
  assert.equal(signal?.aborted, false);
  outgoing.destroy();
  if (signal && !signal.aborted) await once(signal, 'abort');
  assert.ok(signal?.reason instanceof RayError && signal.reason.code === 'CANCELLED');
});
