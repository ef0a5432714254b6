import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { RayError } from '../../contracts/index.ts';
import { QmpClient } from './client.ts';
import { LineSplitter } from './lines.ts';
import { parseMessage } from './message.ts';

function isProtocolError(thrown: unknown): boolean {
  return thrown instanceof RayError && thrown.code === 'QEMU_PROTOCOL';
}

test('lines come out whole however they are cut', () => {
  const line = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n]/g, ''));
  fc.assert(
    fc.property(fc.array(line), fc.integer({ min: 1, max: 7 }), (lines, step) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\r\n`).join(''));
      const splitter = new LineSplitter();
      const seen: string[] = [];
      for (let at = 0; at < bytes.length; at += step)
        seen.push(...splitter.push(bytes.subarray(at, at + step)));
      assert.deepEqual(seen, lines);
    }),
  );
});

test('a line without end is refused at the limit', () => {
  const splitter = new LineSplitter(1000);
  assert.deepEqual([...splitter.push(Buffer.alloc(1000, 'x'))], []);
  assert.throws(() => [...splitter.push(Buffer.from('x'))], isProtocolError);
});

test('any line gives a message or the one declared error', () => {
  const texts = fc.oneof(
    fc.string(),
    fc.json(),
    fc.jsonValue().map((v) => JSON.stringify({ error: v, event: v, QMP: v })),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        parseMessage(text);
      } catch (thrown) {
        assert.ok(isProtocolError(thrown), String(thrown));
      }
    }),
    { numRuns: 1000 },
  );
});

const greeting =
  '{"QMP":{"version":{"qemu":{"major":9,"minor":1,"micro":2}},"capabilities":[]}}\r\n';

type Request = { execute: string; id: number; arguments: unknown };

/** A server that greets, accepts capabilities and leaves the rest to `answer`. */
async function withServer(
  answer: (request: Request, socket: Socket) => void,
  body: (path: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-qmp-'));
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.write(greeting);
    const lines = new LineSplitter();
    socket.on('data', (bytes: Buffer) => {
      for (const line of lines.push(bytes)) {
        const request = JSON.parse(line) as Request;
        if (request.execute === 'qmp_capabilities')
          socket.write(`{"return":{},"id":${request.id}}\n`);
        else answer(request, socket);
      }
    });
  });
  const path = join(folder, 'qmp');
  await new Promise<void>((resolve) => server.listen(path, resolve));
  try {
    await body(path);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  }
}

test('answers go to the commands that asked, in whatever order they come', async () => {
  const held: Request[] = [];
  const reverse = (request: Request, socket: Socket) => {
    held.unshift(request);
    if (held.length < 3) return;
    for (const { id, execute } of held) socket.write(`{"return":"${execute}","id":${id}}\n`);
  };
  await withServer(reverse, async (path) => {
    await using client = await QmpClient.connect(path);
    assert.equal(client.version, '9.1.2');
    const answers = await Promise.all(['a', 'b', 'c'].map((name) => client.execute(name)));
    assert.deepEqual(answers, ['a', 'b', 'c']);
  });
});

test('a refusal is told in QEMU words', async () => {
  const refuse = ({ id }: Request, socket: Socket) => {
    socket.write(`{"error":{"class":"CommandNotFound","desc":"no such thing"},"id":${id}}\n`);
  };
  await withServer(refuse, async (path) => {
    await using client = await QmpClient.connect(path);
    await assert.rejects(client.execute('x'), {
      code: 'QEMU_PROTOCOL',
      message: 'QEMU refused x: no such thing',
    });
  });
});

test('an answer after its time is not taken for another one', async () => {
  let late = 0;
  const answer = ({ id, execute }: Request, socket: Socket) => {
    if (execute === 'slow') late = id;
    else socket.write(`{"return":"late","id":${late}}\n{"return":"own","id":${id}}\n`);
  };
  await withServer(answer, async (path) => {
    await using client = await QmpClient.connect(path);
    await assert.rejects(client.execute('slow', {}, { timeoutMs: 20 }), { code: 'TIMED_OUT' });
    assert.equal(await client.execute('next'), 'own');
  });
});

test('whatever waits is told when the connection ends', async () => {
  await withServer(
    (_, socket) => socket.destroy(),
    async (path) => {
      await using client = await QmpClient.connect(path);
      const event = client.nextEvent('SHUTDOWN');
      event.catch(() => {});
      await assert.rejects(client.execute('x'), { code: 'QEMU_PROTOCOL' });
      await assert.rejects(event, { code: 'QEMU_PROTOCOL' });
      assert.equal(typeof (await client.closed), 'string');
      await assert.rejects(client.execute('y'), { code: 'QEMU_PROTOCOL' });
    },
  );
});

test('bytes that are no QMP end the connection, and say so', async () => {
  await withServer(
    (_, socket) => socket.write('hello\n'),
    async (path) => {
      await using client = await QmpClient.connect(path);
      await assert.rejects(client.execute('x'), /no QMP message/);
    },
  );
});

test('a wait can be cancelled', async () => {
  await withServer(
    () => {},
    async (path) => {
      await using client = await QmpClient.connect(path);
      const cancel = new AbortController();
      const waiting = client.execute('x', {}, { signal: cancel.signal });
      cancel.abort();
      await assert.rejects(waiting, { code: 'CANCELLED' });
    },
  );
});

test('nobody at the socket is an error in words', async () => {
  await assert.rejects(QmpClient.connect('/nonexistent/qmp.sock'), {
    code: 'QEMU_PROTOCOL',
    message: /no QEMU answers at .*ENOENT/,
  });
});

test('a QEMU that sends events without end is read at a rate, and answers still come', async () => {
  const event = '{"event":"STOP","data":{},"timestamp":{"seconds":1,"microseconds":0}}\n';
  const flood = event.repeat(20_000);
  let sent = 0;
  const answer = ({ id }: Request, socket: Socket) => {
    const more = () => {
      while (!socket.destroyed && socket.write(flood)) sent += flood.length;
    };
    socket.on('drain', more);
    socket.write(`${flood}{"return":"here","id":${id}}\n`);
    more();
  };
  await withServer(answer, async (path) => {
    await using client = await QmpClient.connect(path);
    let heard = 0;
    client.onEvent(() => heard++);
    assert.equal(await client.execute('ask'), 'here');
    assert.ok(heard >= 20_000);
    // The sender is held up: it has not been read ahead of what is looked at.
    assert.ok(sent < heard * event.length + 16 * flood.length, `${sent} bytes were taken`);
  });
});
