import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { encodeMessage, readBody } from '../../dbus/message.ts';
import { ScanoutLost } from '../lost.ts';
import type { Cursor, Pointer } from '../types.ts';
import { change, listenToFake } from './fake-qemu.ts';
import { prepareListener } from './index.ts';

const x8r8g8b8 = 0x20020888;

/** Memory as QEMU passes it: `width` x `height` pixels of one colour (B, G, R). */
function memory(width: number, height: number, colour: readonly number[]): number {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-listener-'));
  const fd = openSync(join(folder, 'memory'), 'w+');
  rmSync(folder, { recursive: true });
  const bytes = new Uint8Array(width * height * 4);
  for (let i = 0; i < bytes.length; i += 4) bytes.set(colour, i);
  writeSync(fd, bytes);
  return fd;
}

function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

test('QEMU is offered shared memory', async () => {
  const { listener, qemu } = await listenToFake();
  const answer = await qemu.call('GetAll', 's', ['org.qemu.Display1.Listener']);
  const [properties] = readBody(answer, 'a{sv}');
  assert.deepEqual(properties.get('Interfaces')?.value, ['org.qemu.Display1.Listener.Unix.Map']);
  assert.equal((await qemu.call('Nonsense')).type, 'error');
  assert.equal((await qemu.call('ScanoutDMABUF2')).type, 'error');
  assert.equal(listener.path, 'none');
  assert.equal(listener.take(), undefined);
  await listener[Symbol.asyncDispose]();
  await qemu[Symbol.asyncDispose]();
});

test('shared memory: the newest scanout is taken, older ones are closed unseen', async () => {
  const before = openDescriptors();
  const { listener, qemu } = await listenToFake();
  for (let i = 1; i <= 100; i++) {
    const fd = memory(100, 70, [0, 0, i]);
    await qemu.call('ScanoutMap', 'huuuuu', [0, 0, 100, 70, 400, x8r8g8b8], [fd]);
    closeSync(fd);
  }
  const taken = listener.take();
  assert.equal(listener.path, 'map');
  assert.equal(taken?.scanout?.width, 100);
  assert.equal(taken.scanout.path, 'map');
  assert.deepEqual([...(taken.damage?.rows() ?? [])], [{ y: 0, height: 70 }]);
  assert.ok(Math.abs(taken.damagedAt - Date.now()) < 5000);
  const rows = new Uint8Array(100 * 70 * 4);
  taken.scanout.readRows(0, 70, rows);
  assert.deepEqual([...rows.subarray(0, 4)], [100, 0, 0, 255]);
  assert.equal(listener.take(), undefined);

  await qemu.call('UpdateMap', 'iiii', [64, 0, 1, 1]);
  const update = listener.take();
  assert.equal(update?.scanout, undefined);
  assert.deepEqual([...(update?.damage?.tiles() ?? [])], [{ x: 64, y: 0, width: 36, height: 64 }]);

  const next = memory(10, 10, [0, 0, 0]);
  await qemu.call('ScanoutMap', 'huuuuu', [0, 0, 10, 10, 40, x8r8g8b8], [next]);
  closeSync(next);
  taken.scanout.readRows(0, 1, rows); // still there: it was not taken yet
  listener.take();
  assert.throws(() => taken.scanout?.readRows(0, 1, rows), ScanoutLost);

  await listener[Symbol.asyncDispose]();
  assert.equal(await listener.closed, 'RayOS closed the display');
  await qemu[Symbol.asyncDispose]();
  assert.equal(openDescriptors(), before);
});

test('messages: pixels arrive, updates are cut at the edges', async () => {
  const { listener, qemu } = await listenToFake();
  const whole = new Uint8Array(100 * 70 * 4).fill(5);
  await qemu.call('Scanout', 'uuuuay', [100, 70, 400, x8r8g8b8, whole]);
  const taken = listener.take();
  assert.equal(taken?.scanout?.path, 'message');
  const rows = new Uint8Array(100 * 70 * 4);
  taken.scanout.readRows(0, 70, rows);
  assert.deepEqual([...rows.subarray(-4)], [5, 5, 5, 255]);

  // 20 x 20 at (90, -10): 10 x 10 of it are on the screen.
  const patch = new Uint8Array(20 * 20 * 4).fill(8);
  await qemu.call('Update', 'iiiiuuay', [90, -10, 20, 20, 80, x8r8g8b8, patch]);
  const update = listener.take();
  assert.equal(update?.scanout, undefined);
  assert.deepEqual([...(update?.damage?.tiles() ?? [])], [{ x: 64, y: 0, width: 36, height: 64 }]);
  taken.scanout.readRows(0, 70, rows);
  const at = (x: number, y: number) => rows[(y * 100 + x) * 4];
  assert.deepEqual([at(89, 0), at(90, 0), at(99, 9), at(99, 10), at(0, 1)], [5, 8, 8, 5, 5]);

  // The same screen again, as QEMU does for an update of all of it: damage, not another scanout.
  await qemu.call('Scanout', 'uuuuay', [100, 70, 400, x8r8g8b8, whole]);
  const again = listener.take();
  assert.equal(again?.scanout, undefined);
  assert.deepEqual([...(again?.damage?.rows() ?? [])], [{ y: 0, height: 64 }], 'what is different');
  taken.scanout.readRows(0, 70, rows);
  assert.equal(at(90, 0), 5);
  await qemu.call('Scanout', 'uuuuay', [100, 70, 400, x8r8g8b8, whole]);
  assert.equal(listener.take(), undefined, 'the same picture is nothing');

  await qemu.call('Scanout', 'uuuuay', [8, 8, 32, x8r8g8b8, new Uint8Array(256)]);
  assert.throws(() => taken.scanout?.readRows(0, 1, rows), ScanoutLost);
  assert.equal(listener.take()?.scanout?.width, 8);
  await listener[Symbol.asyncDispose]();
  await qemu[Symbol.asyncDispose]();
});

test('messages: who reads sees one picture, not half of one and half of the next', async () => {
  const { listener, qemu } = await listenToFake();
  await using both = new AsyncDisposableStack();
  both.use(listener);
  both.use(qemu);
  const [width, height] = [256, 256];
  const picture = (shade: number) => ({
    path: '/org/qemu/Display1/Listener',
    interface: 'org.qemu.Display1.Listener',
    type: 'call' as const,
    serial: 1000,
    noReply: true,
    member: 'Scanout',
    signature: 'uuuuay',
    body: [width, height, width * 4, x8r8g8b8, new Uint8Array(width * height * 4).fill(shade)],
  });
  await qemu.call('Scanout', 'uuuuay', picture(0).body);
  const { scanout } = listener.take() ?? {};
  assert.ok(scanout);
  const rows = new Uint8Array(width * height * 4);
  const seen = new Set<number | undefined>();
  const read = () => {
    // In parts, as a surface does: a writer has time to come between.
    for (let y = 0; y < height; y += 32)
      scanout.readRows(y, 32, rows.subarray(y * width * 4, (y + 32) * width * 4));
    seen.add(rows[0]);
    return rows[0] === rows.at(-4);
  };
  for (let round = 0; round < 12; round++) {
    // As many as the socket takes: the listener's thread goes through them while this one only reads.
    for (let i = 1; i <= 12; i++) await qemu.raw(encodeMessage(picture(round * 12 + i)));
    for (let i = 0; i < 40; i++) assert.ok(scanout.steady(read), 'two pictures in one');
  }
  assert.ok(seen.size > 2, 'the picture changed meanwhile');
});

test('a screen that is off, or cannot be shown, is told with its reason', async () => {
  const { listener, qemu } = await listenToFake();
  await qemu.call('Scanout', 'uuuuay', [8, 8, 32, 0x01020304, new Uint8Array(256)]);
  assert.deepEqual(listener.take()?.idle, {
    reason: 'refused',
    detail: 'unsupported format 0x01020304',
  });
  const small = memory(4, 4, [1, 2, 3]);
  await qemu.call('ScanoutMap', 'huuuuu', [0, 0, 100, 70, 400, x8r8g8b8], [small]);
  closeSync(small);
  assert.match(listener.take()?.idle?.detail ?? '', /memory of 64 bytes/);
  const pipeLike = openSync('/dev/null', 'r');
  await qemu.call('ScanoutMap', 'huuuuu', [0, 0, 1, 1, 4, x8r8g8b8], [pipeLike]);
  closeSync(pipeLike);
  assert.equal(listener.take()?.idle?.reason, 'refused');
  await qemu.call('Disable');
  assert.equal(listener.take()?.idle?.reason, 'no-scanout');
  await listener[Symbol.asyncDispose]();
  await qemu[Symbol.asyncDispose]();
});

test('a listener is prepared without any QEMU, and leaves nothing when none comes', async () => {
  const before = openDescriptors();
  const unused = await prepareListener();
  await unused[Symbol.asyncDispose]();
  const refused = await prepareListener();
  const noScreen = {
    graphicConsole: () => {
      throw new Error('the guest has no screen');
    },
    registerListener: () => Promise.reject(new Error('not reached')),
  };
  await assert.rejects(refused.listen(noScreen), /no screen/);
  await refused[Symbol.asyncDispose]();
  assert.equal(openDescriptors(), before);
});

test('updates of a screen that QEMU 7.2 did not tell of are left out, and the display stays', async () => {
  const { listener, qemu } = await listenToFake();
  await qemu.call('Scanout', 'uuuuay', [8, 8, 32, x8r8g8b8, new Uint8Array(256)]);
  assert.equal(listener.take()?.scanout?.width, 8);
  const pixels = new Uint8Array(64 * 16 * 4);
  // Below, to the right, far away, and in the format of another mode.
  await qemu.call('Update', 'iiiiuuay', [0, 8, 64, 16, 256, x8r8g8b8, pixels]);
  await qemu.call('Update', 'iiiiuuay', [8, 0, 64, 16, 256, x8r8g8b8, pixels]);
  await qemu.call('Update', 'iiiiuuay', [2 ** 31 - 1, 0, 64, 16, 256, x8r8g8b8, pixels]);
  await qemu.call('Update', 'iiiiuuay', [0, 0, 64, 16, 128, 0x10020565, pixels]);
  await qemu.call('UpdateMap', 'iiii', [0, 400, 720, 16]);
  assert.equal(listener.take()?.damage, undefined);
  // What touches it is cut at its edges.
  await qemu.call('Update', 'iiiiuuay', [4, 4, 64, 16, 256, x8r8g8b8, pixels]);
  assert.deepEqual(
    [...(listener.take()?.damage?.tiles() ?? [])],
    [{ x: 0, y: 0, width: 8, height: 8 }],
  );
  await listener[Symbol.asyncDispose]();
  assert.equal(await listener.closed, 'RayOS closed the display');
  await qemu[Symbol.asyncDispose]();
});

test('a flood of updates makes one call, and one thing to take', async () => {
  const { listener, qemu } = await listenToFake();
  await qemu.call('Scanout', 'uuuuay', [320, 240, 1280, x8r8g8b8, new Uint8Array(320 * 240 * 4)]);
  let calls = 0;
  listener.onChange(() => {
    calls++;
  });
  for (let i = 0; i < 2000; i++)
    await qemu.call('Update', 'iiiiuuay', [i % 320, i % 240, 1, 1, 4, x8r8g8b8, new Uint8Array(4)]);
  assert.equal(calls, 1);
  assert.ok(listener.take()?.damage);
  assert.equal(listener.take(), undefined);
  const again = change(listener);
  await qemu.call('Update', 'iiiiuuay', [0, 0, 1, 1, 4, x8r8g8b8, new Uint8Array(4)]);
  await again;
  await listener[Symbol.asyncDispose]();
  await qemu[Symbol.asyncDispose]();
});

test('cursor and pointer: the newest, and wrong shapes are ignored', async () => {
  const { listener, qemu } = await listenToFake();
  await qemu.call('CursorDefine', 'iiiiay', [600, 1, 0, 0, new Uint8Array(2400)]);
  await qemu.call('CursorDefine', 'iiiiay', [2, 1, 0, 0, new Uint8Array(7)]);
  await qemu.call('CursorDefine', 'iiiiay', [1, 1, 0, 0, new Uint8Array(4)]);
  await qemu.call('CursorDefine', 'iiiiay', [
    2,
    1,
    1,
    0,
    Uint8Array.of(3, 2, 1, 255, 6, 5, 4, 255),
  ]);
  await qemu.call('MouseSet', 'iii', [5, 6, 0]);
  await qemu.call('MouseSet', 'iii', [7, 8, 1]);
  const cursor = await new Promise<Cursor>((resolve) => listener.onCursor(resolve));
  assert.deepEqual([cursor.width, cursor.height, cursor.hotX, cursor.hotY], [2, 1, 1, 0]);
  assert.deepEqual([...cursor.pixels], [1, 2, 3, 255, 4, 5, 6, 255]);
  const pointer = await new Promise<Pointer>((resolve) => listener.onPointer(resolve));
  assert.deepEqual(pointer, { x: 7, y: 8, visible: true });
  await listener[Symbol.asyncDispose]();
  await qemu[Symbol.asyncDispose]();
});

test("a cursor's hot spot is within the cursor, whatever the guest says", async () => {
  const { listener, qemu } = await listenToFake();
  let shown = Promise.withResolvers<Cursor>();
  listener.onCursor((cursor) => shown.resolve(cursor));
  const found: number[][] = [];
  for (const [x, y] of [
    [2 ** 31 - 1, -(2 ** 31)],
    [-1, 2],
    [32_768, 32_767],
    [1, 1],
  ] as const) {
    shown = Promise.withResolvers();
    await qemu.call('CursorDefine', 'iiiiay', [3, 2, x, y, new Uint8Array(24)]);
    const { hotX, hotY } = await shown.promise;
    found.push([hotX, hotY]);
  }
  await listener[Symbol.asyncDispose]();
  await qemu[Symbol.asyncDispose]();
  assert.deepEqual(found, [
    [2, 0],
    [0, 1],
    [2, 1],
    [1, 1],
  ]);
});

const hostile: readonly [
  string,
  (qemu: Awaited<ReturnType<typeof listenToFake>>['qemu']) => unknown,
][] = [
  ['bytes that are no D-Bus', (qemu) => qemu.raw(Buffer.alloc(64, 0xee))],
  ['a body of wrong types', (qemu) => qemu.call('UpdateMap', 's', ['x'])],
  [
    'memory that is missing',
    (qemu) => qemu.call('ScanoutMap', 'huuuuu', [0, 0, 1, 1, 4, x8r8g8b8], [], 1),
  ],
  [
    'an update with too few pixels',
    async (qemu) => {
      await qemu.call('Scanout', 'uuuuay', [8, 8, 32, x8r8g8b8, new Uint8Array(256)]);
      void qemu.call('Update', 'iiiiuuay', [0, 0, 8, 8, 32, x8r8g8b8, new Uint8Array(9)]);
    },
  ],
];

for (const [name, attack] of hostile) {
  test(`a hostile QEMU: ${name} closes the display, and nothing leaks`, async () => {
    const before = openDescriptors();
    const { listener, qemu } = await listenToFake();
    void attack(qemu);
    assert.match(await listener.closed, /unexpected/);
    await listener[Symbol.asyncDispose]();
    await qemu[Symbol.asyncDispose]();
    assert.equal(openDescriptors(), before);
  });
}

test('a hostile QEMU: descriptors that nobody asked for are closed', async () => {
  const before = openDescriptors();
  const { listener, qemu } = await listenToFake();
  const fd = openSync('/dev/null', 'r');
  for (let i = 0; i < 200; i++) await qemu.call('MouseSet', 'iii', [1, 1, 1], [fd, fd, fd], i % 4);
  closeSync(fd);
  const fds = openDescriptors();
  assert.ok(fds < before + 10, `${fds - before} more descriptors`);
  await listener[Symbol.asyncDispose]();
  await qemu[Symbol.asyncDispose]();
  assert.equal(openDescriptors(), before);
});

test('the listener ends when QEMU does', async () => {
  const { listener, qemu } = await listenToFake();
  await qemu[Symbol.asyncDispose]();
  assert.equal(await listener.closed, 'QEMU closed the display');
  await listener[Symbol.asyncDispose]();
});
