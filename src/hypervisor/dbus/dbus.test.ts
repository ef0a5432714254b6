import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RayError } from '../../contracts/index.ts';
import { decodeMessage, encodeMessage, type Incoming, readBody } from './message.ts';
import { Reader } from './reader.ts';
import { SaslReplies, saslHello } from './sasl.ts';
import { parseSignature, type Type } from './signature.ts';
import { MessageStream } from './stream.ts';
import type { Value } from './value.ts';
import { Writer } from './writer.ts';

const basics: Record<string, fc.Arbitrary<Value>> = {
  y: fc.integer({ min: 0, max: 255 }),
  b: fc.boolean(),
  n: fc.integer({ min: -32768, max: 32767 }),
  q: fc.integer({ min: 0, max: 65535 }),
  i: fc.integer(),
  u: fc.integer({ min: 0, max: 0xffffffff }),
  x: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  t: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  d: fc.double({ noNaN: true }),
  s: fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
  g: fc.constantFrom('', 'a{sv}', 'uuuay', '(ii)'),
};

/** A signature of one type and a value of it. */
const { typed } = fc.letrec<{ typed: readonly [string, Value] }>((tie) => ({
  typed: fc.oneof(
    { maxDepth: 4 },
    fc
      .constantFrom(...Object.keys(basics))
      .chain((code) =>
        (basics[code] ?? fc.constant(0)).map((value): [string, Value] => [code, value]),
      ),
    fc.uint8Array().map((bytes): [string, Value] => ['ay', bytes]),
    tie('typed').map(([signature, value]): [string, Value] => ['v', { signature, value }]),
    // An array of bytes is 'ay', which has a case of its own.
    fc
      .tuple(tie('typed'), fc.integer({ min: 0, max: 3 }))
      .filter(([[signature]]) => signature !== 'y')
      .map(([[signature, value], n]): [string, Value] => [`a${signature}`, Array(n).fill(value)]),
    fc
      .array(tie('typed'), { minLength: 1, maxLength: 3 })
      .map((all): [string, Value] => [`(${all.map(([s]) => s).join('')})`, all.map(([, v]) => v)]),
    fc
      .tuple(fc.uniqueArray(fc.nat().map(String), { maxLength: 4 }), tie('typed'))
      .map(([keys, [s, v]]): [string, Value] => [
        `a{s${s}}`,
        new Map(keys.map((key): [Value, Value] => [key, v])),
      ]),
  ),
}));

function typeOf(signature: string): Type {
  const [type] = parseSignature(signature);
  assert.ok(type);
  return type;
}

function isProtocolError(thrown: unknown): boolean {
  return thrown instanceof RayError && thrown.code === 'QEMU_PROTOCOL';
}

test('what is written is read back', () => {
  fc.assert(
    fc.property(typed, ([signature, value]) => {
      const writer = new Writer();
      writer.write(typeOf(signature), value);
      const bytes = writer.finish();
      const reader = new Reader(bytes);
      assert.deepEqual(normal(reader.read(typeOf(signature))), normal(value));
      assert.equal(reader.position, bytes.length);
    }),
  );
});

/** Byte arrays of whatever class compare by their bytes; -0 is 0 on neither side. */
function normal(value: Value): unknown {
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') };
  if (Array.isArray(value)) return value.map(normal);
  if (value instanceof Map) return [...value].map(([k, v]) => [k, normal(v)]);
  if (typeof value === 'object' && 'signature' in value)
    return { signature: value.signature, value: normal(value.value) };
  return value;
}

test('random bytes give a value or the one declared error', () => {
  const signatures = fc.constantFrom('a{sv}', 'v', 'aaaas', '(suay)', 'as', 'uuuuay', 'a(yv)');
  fc.assert(
    fc.property(signatures, fc.uint8Array({ maxLength: 200 }), (signature, bytes) => {
      try {
        const reader = new Reader(bytes);
        for (const type of parseSignature(signature)) reader.read(type);
      } catch (thrown) {
        assert.ok(isProtocolError(thrown), String(thrown));
      }
    }),
    { numRuns: 2000 },
  );
});

test('random signatures give types or the one declared error', () => {
  const letters = fc.constantFrom(...'ybnqiuxtdsoghav(){}z');
  fc.assert(
    fc.property(fc.string({ unit: letters, maxLength: 40 }), (text) => {
      try {
        parseSignature(text);
      } catch (thrown) {
        assert.ok(isProtocolError(thrown), String(thrown));
      }
    }),
    { numRuns: 2000 },
  );
});

test('a broken message gives the one declared error, wherever it is broken', () => {
  const whole = encodeMessage({
    type: 'call',
    serial: 7,
    path: '/org/qemu/Display1/Listener',
    interface: 'org.qemu.Display1.Listener',
    member: 'Scanout',
    signature: 'uuuuay',
    body: [2, 1, 8, 0x20020888, new Uint8Array(8)],
  });
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
      const broken = Uint8Array.from(whole);
      broken[at] = byte;
      const stream = new MessageStream({ close: () => {} });
      try {
        stream.push(broken, [], (message) => readBody(message, 'uuuuay'));
      } catch (thrown) {
        assert.ok(isProtocolError(thrown), String(thrown));
      }
    }),
    { numRuns: 3000 },
  );
});

test('nesting without end, and values without end, are refused', () => {
  const nested = new Uint8Array(3000);
  for (let i = 0; i + 2 < nested.length; i += 3) nested.set([1, 0x76, 0], i); // variant in variant
  assert.throws(() => new Reader(nested).read(typeOf('v')), isProtocolError);
  const many = new Uint8Array(1024 * 1024);
  new DataView(many.buffer).setUint32(0, many.length - 4, true);
  assert.throws(() => new Reader(many).read(typeOf('au')), isProtocolError);
});

test('a header survives the way, and a body of another signature is refused', () => {
  const message = decodeMessage(
    encodeMessage({
      type: 'error',
      serial: 3,
      replySerial: 9,
      errorName: 'a.b',
      signature: 's',
      body: ['no'],
    }),
  );
  assert.equal(message.type, 'error');
  assert.equal(message.replySerial, 9);
  assert.equal(message.errorName, 'a.b');
  assert.deepEqual(readBody(message, 's'), ['no']);
  assert.throws(() => readBody(message, 'u'), isProtocolError);
});

const call = (serial: number, fdCount = 0) =>
  encodeMessage({
    type: 'call',
    serial,
    path: '/',
    member: 'M',
    signature: 'ay',
    body: [new Uint8Array(serial)],
    fdCount,
  });

test('messages come out whole however they are cut, each with its own descriptors', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 5000 }), (serials, step) => {
      const bytes = Buffer.concat(serials.map((serial) => call(serial, 1)));
      const starts = serials.map((_, i) =>
        serials.slice(0, i).reduce((sum, serial) => sum + call(serial, 1).length, 0),
      );
      const seen: [number, number[]][] = [];
      const closed: number[] = [];
      const stream = new MessageStream({ close: (fd) => closed.push(fd) });
      for (let at = 0; at < bytes.length; at += step) {
        // A descriptor comes with the first byte of its message. (At most 16 wait at a time.)
        const fds = starts.flatMap((start, i) =>
          start >= at && start < at + step ? [100 + i] : [],
        );
        if (fds.length > 15) return;
        stream.push(bytes.subarray(at, at + step), fds, (message, own) => {
          seen.push([message.serial, own]);
        });
      }
      assert.deepEqual(
        seen,
        serials.map((serial, i) => [serial, [100 + i]]),
      );
      assert.deepEqual(closed, []);
    }),
  );
});

test('descriptors that no message claims are closed; a claim without descriptors is refused', () => {
  const closed: number[] = [];
  const stream = new MessageStream({ close: (fd) => closed.push(fd) });
  stream.push(call(1), [40, 41], () => {});
  assert.deepEqual(closed, [40, 41]);
  assert.throws(() => stream.push(call(2, 1), [], () => {}), isProtocolError);
  assert.throws(() => stream.push(new Uint8Array(), Array(17).fill(50), () => {}), isProtocolError);
  stream.dispose();
  assert.equal(closed.filter((fd) => fd === 50).length, 17);
});

test('a large message in small pieces takes time that grows with its size only', () => {
  const large = encodeMessage({
    type: 'call',
    serial: 1,
    path: '/',
    member: 'M',
    signature: 'ay',
    body: [new Uint8Array(32 * 1024 * 1024)],
  });
  const stream = new MessageStream({ close: () => {} });
  let found: Incoming | undefined;
  const start = performance.now();
  for (let at = 0; at < large.length; at += 4096)
    stream.push(large.subarray(at, at + 4096), [], (message) => {
      found = message;
    });
  assert.equal(found?.bytes.length, large.length);
  // Quadratic moving would copy 128 GiB here.
  assert.ok(performance.now() - start < 5000);
});

test('a message beyond the limit is refused by its first 16 bytes', () => {
  const stream = new MessageStream({ limit: 1000, close: () => {} });
  assert.throws(() => stream.push(call(2000).subarray(0, 16), [], () => {}), isProtocolError);
});

test('authentication: the client asks for everything at once, and checks all answers', () => {
  assert.equal(saslHello.toString(), '\0AUTH EXTERNAL\r\nDATA\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n');
  const replies = new SaslReplies();
  const rest = replies.push(Buffer.from('DATA\r\nOK 0123\r\nAGREE_UNIX_FD\r\nl...'));
  assert.equal(Buffer.from(rest).toString(), 'l...');
  assert.ok(replies.isDone);
  assert.throws(
    () => new SaslReplies().push(Buffer.from('REJECTED EXTERNAL\r\n')),
    isProtocolError,
  );
  assert.throws(() => new SaslReplies().push(Buffer.alloc(5000, 'x')), isProtocolError);
});
