// The parts of the harness that read what machines say, without a machine.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BlockLogError, readBlockLog } from './block-log.ts';
import { parseCpuSeconds } from './cpu-time.ts';
import { credential, extraCommandLine, extraUnit } from './credentials.ts';
import { chordOf } from './keys.ts';
import { likeness, type Picture } from './screen.ts';
import { SerialConsole } from './serial.ts';

const never = new AbortController().signal;

test('markers are found however the bytes are cut, in their order, past what was found', async () => {
  const said = Buffer.from(
    '\x1b[2J\x1b[0mfirmware\r\n[ 1.2] rayosd: RAYOS_BOOT_MARKER:KERNEL:1\r\nRAYOS_X\nRAYOS_LOG:UP\n',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(said.length)), async (cuts) => {
      const serial = new SerialConsole();
      const places = [0, ...cuts.sort((a, b) => a - b), said.length];
      for (const [i, place] of places.entries())
        serial.push(said.subarray(places[i - 1] ?? 0, place));
      serial.end();
      assert.deepEqual(serial.markers, ['BOOT_MARKER:KERNEL:1', 'LOG:UP']);
      assert.equal((await serial.next(/firm/, never)).text, 'firmware');
      await serial.marker(/^BOOT_MARKER:KERNEL/, never);
      await serial.marker(/^LOG:UP$/, never);
      const late = AbortSignal.abort(new Error('over'));
      await assert.rejects(serial.marker(/KERNEL/, late), /over/);
    }),
  );
});

test('a wait hears what comes later, and ends with its signal', async () => {
  const serial = new SerialConsole();
  const end = new AbortController();
  const waits = serial.marker(/^A:B$/, end.signal);
  serial.push(Buffer.from('RAYOS_A:B\n'));
  assert.equal((await waits).marker, 'A:B');
  const vain = serial.marker(/^A:B$/, end.signal);
  end.abort(new Error('enough'));
  await assert.rejects(vain, /enough/);
});

test('a guest that talks without end is kept in bounds', () => {
  const serial = new SerialConsole();
  const block = Buffer.from('y\n'.repeat(40_000));
  for (let i = 0; i < 5; i++) serial.push(block);
  serial.push(Buffer.alloc(1_000_000, 'x'));
  assert.ok(serial.lines.length <= 50_000);
  assert.ok(serial.tail(1).length < 20_000);
});

test('credentials: plain where that can be, base64 otherwise; a broken name is refused', () => {
  assert.equal(credential('a.b', 'x, y'), 'io.systemd.credential:a.b=x, y');
  assert.equal(credential('a', 'x\n'), 'io.systemd.credential.binary:a=eAo=');
  assert.match(
    extraUnit('x.service', '[Unit]\n'),
    /^io.systemd.credential.binary:systemd.extra-unit.x.service=/,
  );
  assert.throws(() => credential('a=b', 'x'));
  assert.throws(() => extraCommandLine('a\nb'));
});

test('keys: every character of a US keyboard has a chord', () => {
  for (let code = 32; code < 127; code++) assert.ok(chordOf(String.fromCharCode(code)).length > 0);
  assert.deepEqual(chordOf('"'), ['shift', 'apostrophe']);
  assert.throws(() => chordOf('é'));
});

test('processor time is read past a name with spaces and brackets', () => {
  assert.equal(parseCpuSeconds('7 (a) b) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0'), 3);
  assert.equal(parseCpuSeconds('nonsense'), undefined);
});

test('likeness of pictures', () => {
  const picture = (rgb: number[]): Picture => ({
    width: 2,
    height: 1,
    rgb: Uint8Array.from(rgb),
    png: new Uint8Array(),
  });
  const a = picture([0, 0, 0, 200, 0, 0]);
  assert.equal(likeness(a, a), 1);
  assert.equal(likeness(a, picture([3, 0, 0, 0, 0, 0])), 0.5);
  assert.equal(likeness(a, { ...a, width: 1 }), 0);
});

type Entry = { sector: number; sectors: number; flags: number };

function log(entries: readonly Entry[]): Buffer {
  const head = Buffer.alloc(512);
  head.writeBigUInt64LE(0x6a736677736872n, 0);
  head.writeBigUInt64LE(1n, 8);
  head.writeBigUInt64LE(BigInt(entries.length), 16);
  head.writeUInt32LE(512, 24);
  const parts = entries.flatMap(({ sector, sectors, flags }) => {
    const entry = Buffer.alloc(512);
    entry.writeBigUInt64LE(BigInt(sector), 0);
    entry.writeBigUInt64LE(BigInt(sectors), 8);
    entry.writeBigUInt64LE(BigInt(flags), 16);
    return (flags & 4) === 0 ? [entry, Buffer.alloc(sectors * 512, 7)] : [entry];
  });
  return Buffer.concat([head, ...parts]);
}

const readerOf = (bytes: Buffer) => (offset: number, length: number) =>
  bytes.subarray(offset, offset + length);

test('a record: writes with their data, discards without, flushes as barriers', () => {
  const bytes = log([
    { sector: 8, sectors: 2, flags: 0 },
    { sector: 100, sectors: 1_000_000, flags: 4 },
    { sector: 0, sectors: 0, flags: 1 },
    { sector: 1, sectors: 1, flags: 2 },
  ]);
  const found = [...readBlockLog(bytes.length, readerOf(bytes))];
  assert.deepEqual(
    found.map(({ kind, offsetBytes, dataAt, isBarrier }) => [kind, offsetBytes, dataAt, isBarrier]),
    [
      ['write', 4096, 1024, false],
      ['discard', 51_200, 2560, false],
      ['flush', 0, 3072, true],
      ['write', 512, 3584, true],
    ],
  );
});

test('whatever a record holds, its reader ends, with its own error or with entries', () => {
  const seed = log([
    { sector: 8, sectors: 2, flags: 0 },
    { sector: 0, sectors: 0, flags: 1 },
    { sector: 3, sectors: 9, flags: 4 },
  ]);
  const edits = fc.array(fc.tuple(fc.nat(seed.length - 1), fc.nat(255)), { maxLength: 12 });
  fc.assert(
    fc.property(edits, fc.nat(seed.length), fc.boolean(), (changes, length, isCut) => {
      const bytes = Buffer.from(isCut ? seed.subarray(0, length) : seed);
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      let count = 0;
      try {
        for (const { dataAt } of readBlockLog(bytes.length, readerOf(bytes))) {
          assert.ok(dataAt <= bytes.length);
          assert.ok(++count <= bytes.length / 512);
        }
      } catch (thrown) {
        assert.ok(thrown instanceof BlockLogError, String(thrown));
      }
    }),
    { numRuns: 3000 },
  );
});
