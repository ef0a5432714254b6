import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '../foundation/testing-until.ts';
import { LogdClient } from './client.ts';
import { encodeFrame } from './frames.ts';
import type { LoggedFacts } from './messages.ts';
import { makeServer, type ServerParts } from './server.ts';
import { BootFolder, stage } from './testing/boot.ts';

const timeout = 20_000;

const plainFacts: LoggedFacts = {
  ...{ bootId: 'b', version: '2', entry: '', files: [], loader: {} },
  ...{ log: { durable: true }, records: [] },
};

class Listening implements AsyncDisposable {
  readonly server: Server;
  readonly #sockets = new Set<{ destroy(): void }>();
  readonly #path: string;

  private constructor(server: Server, path: string) {
    this.server = server;
    this.#path = path;
    server.on('connection', (socket) => this.#sockets.add(socket));
  }

  static async at(path: string, boot: ServerParts['boot'], dir: BootFolder): Promise<Listening> {
    const console = { print: (line: string) => void dir.lines.push(line) };
    const listening = new Listening(makeServer({ boot, console }), path);
    listening.server.listen(path);
    await once(listening.server, 'listening');
    return listening;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    rmSync(this.#path, { force: true });
  }
}

test('markers and stages in their order; a stage is on the disk when it is answered', {
  timeout,
}, async ({ signal }) => {
  using dir = new BootFolder('rayos_2+3.efi');
  const boot = dir.boot('2', dir.startEntry('rayos_2+3.efi'));
  boot.begin();
  const path = join(dir.path, 'logd.sock');
  await using _server = await Listening.at(path, boot, dir);
  using client = new LogdClient(path);
  client.marker('RAYOS_GATEWAY:LISTENING:7600');
  const first = client.ask(stage('SHELL'), signal);
  client.marker('RAYOS_GUEST:CREATED:a');
  client.marker('RAYOS_BOOT_MARKER:GOLDEN:b:0');
  client.marker('what is no marker');
  await first;
  assert.deepEqual(
    dir
      .log()
      .records()
      .map(({ event }) => event),
    ['KERNEL', 'SHELL'],
  );
  await client.ask(stage('GOLDEN'), signal);
  const answer = await client.ask({ kind: 'facts', withRecords: true }, signal);
  assert.ok('facts' in answer && answer.facts.records.length === 4);
  assert.equal(answer.facts.blessed, 'rayos_2+3.efi');
  assert.deepEqual(dir.said(), [
    ...['KERNEL', 'DECISION', 'LISTENING', 'SHELL', 'CREATED', 'GOLDEN', 'BLESSED'],
  ]);
});

test('logd comes late, and is gone in between: what was asked is answered in the end', {
  timeout,
}, async ({ signal }) => {
  using dir = new BootFolder('rayos_2+3.efi');
  const loader = dir.startEntry('rayos_2+3.efi');
  const path = join(dir.path, 'logd.sock');
  using client = new LogdClient(path);
  const early = client.ask(stage('SUBSYSTEMS'), signal);
  client.marker('RAYOS_GUEST:CREATED:a');
  {
    const boot = dir.boot('2', loader);
    boot.begin();
    await using _server = await Listening.at(path, boot, dir);
    await early;
  }
  await until(() => !client.isConnected, 'the connection to be lost');
  const later = client.ask(stage('SHELL'), signal);
  const boot = dir.boot('2', loader);
  boot.begin();
  await using _server = await Listening.at(path, boot, dir);
  await later;
  assert.deepEqual(dir.said(), ['KERNEL', 'DECISION', 'SUBSYSTEMS', 'CREATED', 'SHELL']);
});

test('a question has an end without logd; markers that wait are bounded and counted', {
  timeout,
}, async () => {
  using dir = new BootFolder();
  using client = new LogdClient(join(dir.path, 'none.sock'));
  for (let i = 0; i < 3000; i++) client.marker('RAYOS_GUEST:CREATED:a');
  assert.equal(client.dropped, 1000);
  await assert.rejects(client.ask(stage('SHELL'), AbortSignal.timeout(50)), {
    name: 'TimeoutError',
  });
});

test('who breaks the form is cut off, and others are served on', { timeout }, async ({
  signal,
}) => {
  using dir = new BootFolder('rayos_2+3.efi');
  const boot = dir.boot('2', dir.startEntry('rayos_2+3.efi'));
  boot.begin();
  const path = join(dir.path, 'logd.sock');
  await using _server = await Listening.at(path, boot, dir);
  using client = new LogdClient(path);
  for (const bytes of [
    '\xff\xff\xff\xff',
    '\0\0\0\x02{]',
    '\0\0\0\x02{}',
    'GET / HTTP/1.1\r\n\r\n',
  ]) {
    const socket = createConnection(path);
    const closed = once(socket, 'close');
    socket.on('error', () => {});
    socket.write(Buffer.from(bytes, 'latin1'));
    await closed;
  }
  await client.ask(stage('SHELL'), signal);
});

test('who asks without end and reads nothing is let go of, whatever one packet holds', {
  timeout,
}, async () => {
  using dir = new BootFolder();
  let answered = 0;
  const facts = (): LoggedFacts => {
    answered++;
    return { ...plainFacts, version: 'v'.repeat(900_000) };
  };
  const unused = () => assert.fail('not asked');
  const boot = { stage: unused, deadline: unused, noteCheck: unused, facts };
  const path = join(dir.path, 'logd.sock');
  await using _server = await Listening.at(path, boot, dir);
  const socket = createConnection(path);
  const closed = once(socket, 'close');
  socket.on('error', () => {});
  const question = encodeFrame({ kind: 'facts', id: 1, withRecords: true });
  socket.write(Buffer.concat(Array(500).fill(question)));
  socket.resume();
  await closed;
  assert.ok(answered < 20, `${answered} answers were made`);
});

test('a logd that hangs keeps nobody who has given up from ending', { timeout }, async () => {
  using dir = new BootFolder();
  const path = join(dir.path, 'logd.sock');
  const server = createServer({ allowHalfOpen: true }).listen(path);
  const answer = encodeFrame({ id: 999, ok: false, message: 'to nobody' });
  for (const isGivenUp of [true, false]) {
    const client = new LogdClient(path);
    const [socket] = (await once(server, 'connection')) as [Socket];
    socket.resume();
    let isGone = false;
    socket.on('error', () => {
      isGone = true;
    });
    const over = new AbortController();
    const asked = client.ask(stage('SHELL'), over.signal);
    await until(() => client.isConnected, 'the connection');
    if (isGivenUp) over.abort(new Error('enough'));
    client[Symbol.dispose]();
    await assert.rejects(asked);
    // What the client has let go of takes nothing any more.
    await until(() => {
      socket.write(answer);
      return isGone;
    }, 'the connection to be gone');
  }
  server.close();
});
