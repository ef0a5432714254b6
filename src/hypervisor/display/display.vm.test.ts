// The display of a real QEMU whose BIOS writes on its screen: text in light grey on black.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { until } from '../../foundation/testing-until.ts';
import type { QmpClient } from '../qmp/client.ts';
import { testMachine } from '../run/test-machine.ts';
import { openDisplayChannel } from './channel.ts';
import { DisplayConnection } from './connection.ts';
import { change } from './listener/fake-qemu.ts';
import { listen } from './listener/index.ts';
import { ScanoutLost } from './lost.ts';
import { listenToSound } from './sound/index.ts';
import type { DisplayListener, Scanout } from './types.ts';

/** QEMU's number of it (`InputButton` in its QAPI schema). */
const leftButton = 0;

async function openDisplay(qmp: QmpClient): Promise<DisplayConnection> {
  return DisplayConnection.open(await openDisplayChannel(qmp));
}

function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

/** Waits for a scanout with something other than black on it; its pixels. */
async function untilDrawn(
  listener: DisplayListener,
): Promise<{ scanout: Scanout; rgba: Uint8Array }> {
  let scanout: Scanout | undefined;
  for (;;) {
    const taken = listener.take();
    scanout = taken?.scanout ?? scanout;
    if (scanout !== undefined) {
      const rgba = new Uint8Array(scanout.width * scanout.height * 4);
      try {
        scanout.readRows(0, scanout.height, rgba);
        if (rgba.some((value, i) => i % 4 === 0 && value > 0x80)) return { scanout, rgba };
      } catch (thrown) {
        if (!(thrown instanceof ScanoutLost)) throw thrown;
      }
    }
    await change(listener);
  }
}

test('the screen of a real QEMU arrives, with its pixels', { timeout: 60_000 }, async () => {
  await using machine = testMachine();
  const { qmp } = await machine.launch();
  await using display = await openDisplay(qmp);
  assert.deepEqual(
    display.consoles.map(({ id, kind }) => ({ id, kind })),
    [{ id: 0, kind: 'Graphic' }],
  );
  await using listener = await listen(display);
  const { scanout, rgba } = await untilDrawn(listener);
  const [major = 0, minor = 0] = qmp.version.split('.').map(Number);
  const hasMap = major > 9 || (major === 9 && minor >= 2);
  assert.equal(scanout.path, hasMap ? 'map' : 'message');
  assert.equal(listener.path, scanout.path);
  assert.ok(scanout.width >= 640 && scanout.height >= 400);
  // Grey text on black: in each pixel the three colours are the same, and all is opaque.
  for (let i = 0; i < rgba.length; i += 4) {
    assert.equal(rgba[i], rgba[i + 1]);
    assert.equal(rgba[i], rgba[i + 2]);
    assert.equal(rgba[i + 3], 255);
  }
});

test('a guest with a sound card can be heard, again after whoever listened has gone; another cannot', {
  timeout: 60_000,
}, async () => {
  {
    await using machine = testMachine();
    const { qmp } = await machine.launch({
      devices: [{ kind: 'virtio-vga' }, { kind: 'sound' }],
    });
    await using display = await openDisplay(qmp);
    assert.equal(await display.hasSound(), true);
    for (let i = 0; i < 3; i++) {
      await using sound = await listenToSound(display, () => {});
      assert.equal(sound.take().pcm.length, 0);
    }
  }
  await using machine = testMachine();
  const { qmp } = await machine.launch();
  await using display = await openDisplay(qmp);
  assert.equal(await display.hasSound(), false);
  await assert.rejects(display.registerOutListener(0));
});

test('a framer that is gone is replaced by the next one, again and again', {
  timeout: 60_000,
}, async () => {
  await using machine = testMachine();
  const { qmp } = await machine.launch();
  let before = 0;
  for (let i = 0; i < 4; i++) {
    const display = await openDisplay(qmp);
    const listener = await listen(display);
    await untilDrawn(listener);
    // In turn: orderly, and the way a killed process goes, with the control connection first.
    if (i % 2 === 0) await listener[Symbol.asyncDispose]();
    await display[Symbol.asyncDispose]();
    await listener[Symbol.asyncDispose]();
    assert.equal(await listener.closed, 'RayOS closed the display');
    if (i === 0) before = openDescriptors();
  }
  const said = () => `${before} before, ${openDescriptors()} after`;
  await until(() => openDescriptors() <= before, 'descriptors to be closed', { said });
  assert.match(JSON.stringify(await qmp.execute('query-status')), /running/);
});

test('a second channel takes over from the first, which ends', { timeout: 60_000 }, async () => {
  await using machine = testMachine();
  const { qmp } = await machine.launch();
  const first = await openDisplay(qmp);
  await using second = await openDisplay(qmp);
  await using listener = await listen(second);
  await untilDrawn(listener);
  await first[Symbol.asyncDispose]();
});

test('when QEMU dies, connection and listener end', { timeout: 60_000 }, async () => {
  await using machine = testMachine();
  const qemu = await machine.launch();
  const display = await openDisplay(qemu.qmp);
  const listener = await listen(display);
  const waiting = display.closed;
  await qemu.kill();
  assert.equal(typeof (await waiting), 'string');
  assert.equal(await listener.closed, 'QEMU closed the display');
  await assert.rejects(display.keyboard.press(30), { code: 'QEMU_PROTOCOL' });
  await listener[Symbol.asyncDispose]();
});

test('input is accepted, and refused in words', { timeout: 60_000 }, async () => {
  await using machine = testMachine();
  const { qmp } = await machine.launch();
  await using display = await openDisplay(qmp);
  await display.keyboard.press(0x1e);
  await display.keyboard.release(0x1e);
  assert.deepEqual(await display.keyboard.modifiers(), {
    scrollLock: false,
    numLock: false,
    capsLock: false,
  });
  await display.mouse.press(leftButton);
  await display.mouse.release(leftButton);
  // The BIOS has no driver for the tablet, so the mouse is a relative one.
  assert.equal(await display.mouse.isAbsolute(), false);
  await assert.rejects(display.mouse.setAbsPosition(1, 1), {
    code: 'QEMU_PROTOCOL',
    message: /refused SetAbsPosition: .*not absolute/,
  });
  await display.setUIInfo({ width: 800, height: 600 });
});

test('a QEMU without a screen says so', { timeout: 60_000 }, async () => {
  await using machine = testMachine();
  const { qmp } = await machine.launch({ devices: [] });
  await using display = await openDisplay(qmp);
  await assert.rejects(listen(display), { code: 'QEMU_PROTOCOL' });
});
