import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import fc from 'fast-check';
import { Agent } from './agent.ts';
import { parseAgentLine, percentEncoded } from './agent-lines.ts';

/** A guest's end of the port that answers each line by `answers`, and what it was told. */
async function guest(answers: (line: string) => string | undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-agent-'));
  const path = join(folder, 'agent.sock');
  const told: string[] = [];
  const server = createServer((socket) => {
    createInterface(socket).on('line', (line) => {
      told.push(line);
      const answer = answers(line);
      if (answer !== undefined) socket.write(`${answer}\n`);
    });
  });
  const connected = once(server, 'connection') as Promise<[Socket]>;
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const agent = await Agent.connect(path, new AbortController().signal);
  const [socket] = await connected;
  return {
    agent,
    told,
    socket,
    [Symbol.dispose]() {
      agent[Symbol.dispose]();
      socket.destroy();
      server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Lets the agent say what it can, and waits until that is heard. */
async function introduced({ agent, socket }: Awaited<ReturnType<typeof guest>>, words: string) {
  const heard = new Promise((resolve) => {
    const stop = agent.heard.on((message) => {
      stop();
      resolve(message);
    });
  });
  socket.write(`can ${words}\n`);
  await heard;
}

test('every form of the protocol is read, and nothing that is nearly one', () => {
  assert.deepEqual(parseAgentLine('can display open fly'), {
    type: 'can',
    what: ['display', 'open'],
  });
  assert.deepEqual(parseAgentLine('can'), { type: 'can', what: [] });
  assert.deepEqual(parseAgentLine('display 1 1920 1080'), {
    type: 'display',
    head: 1,
    width: 1920,
    height: 1080,
  });
  assert.deepEqual(parseAgentLine('opened ok'), { type: 'opened', ok: true });
  assert.deepEqual(parseAgentLine('folder pictures failed'), {
    type: 'folder',
    name: 'pictures',
    ok: false,
  });
  for (const line of [
    'display 4 10 10',
    'display 0 0 10',
    'display 0 99999 10',
    'display 0 1e3 10',
    'display 0 10 10 10',
    'opened',
    'opened ok ok',
    'folder ../etc ok',
    'folder a',
    `can ${'x '.repeat(20)}`,
  ])
    assert.equal(parseAgentLine(line), undefined, line);
  const words = fc.constantFrom('can', 'display', 'folder', 'opened', 'ok', '0', '-1', 'a', '');
  fc.assert(
    fc.property(fc.array(words), (line) => {
      const message = parseAgentLine(line.join(' '));
      if (message?.type === 'display') assert.ok(message.width > 0 && message.head < 4);
    }),
  );
});

test('what is opened by name is one word of ASCII that decodes to itself', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const encoded = percentEncoded(text);
      assert.match(encoded, /^[A-Za-z0-9\-._~/:%]*$/);
      assert.equal(decodeURIComponent(encoded), text.toWellFormed());
    }),
  );
  assert.equal(percentEncoded('https://www.debian.org'), 'https://www.debian.org');
});

test('a guest whose agent has not said that it can is not asked', async () => {
  using old = await guest(() => 'unknown');
  await assert.rejects(old.agent.open('terminal'), { code: 'AGENT_MISSING' });
  assert.throws(() => old.agent.display(0, 800, 600, 100), { code: 'AGENT_MISSING' });
  assert.deepEqual(old.told, []);
});

test('questions are asked one after the other, and each gets its own answer', async () => {
  using here = await guest((line) =>
    line.startsWith('open ')
      ? `opened ${line.includes('terminal') ? 'ok' : 'unknown'}`
      : line.startsWith('folder ')
        ? 'folder pictures ok'
        : 'unknown',
  );
  await introduced(here, 'open folder');
  const { agent } = here;
  const answers = await Promise.all([
    agent.open('terminal'),
    agent.open('no such thing'),
    agent.mount({ tag: 'f0', name: 'pictures', by: '9p', writable: false }),
    agent.unmount('pictures'),
  ]);
  assert.deepEqual(answers, [true, false, true, false]);
  assert.deepEqual(here.told, [
    'open terminal',
    'open no%20such%20thing',
    'folder f0 pictures 9p ro',
    'unfolder pictures',
  ]);
});

test('a guest that goes while it is asked ends the question; so does who asked', async () => {
  using here = await guest(() => undefined);
  await introduced(here, 'open');
  const leaving = new AbortController();
  const first = here.agent.open('terminal', leaving.signal);
  leaving.abort(new Error('left'));
  await assert.rejects(first, /left/);
  const second = here.agent.open('terminal');
  here.socket.destroy();
  await assert.rejects(second, { code: 'AGENT_MISSING' });
  await assert.rejects(here.agent.open('terminal'), { code: 'AGENT_MISSING' });
});
