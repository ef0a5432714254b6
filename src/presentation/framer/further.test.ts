import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Damage, type DisplayListener, type Taken } from '../../hypervisor/display/index.ts';
import { Canvas } from './canvas.test-helper.ts';
import { FurtherListener } from './further.ts';
import { Screen } from './screen.ts';

/** A screen whose listener is still to come. */
function stage() {
  const coming = Promise.withResolvers<DisplayListener>();
  const listener = new FurtherListener(coming.promise);
  const idles: string[] = [];
  const screen = new Screen(
    listener,
    { onScanout: () => {}, onIdle: ({ detail }) => void idles.push(detail), onDamage: () => {} },
    () => false,
  );
  return { coming, listener, screen, idles };
}

test('a further screen that cannot be had is idle, with the reason', async () => {
  const { coming, listener, idles } = stage();
  coming.reject(new Error('QEMU refused it'));
  assert.match(await listener.closed, /QEMU refused it/);
  assert.equal(idles.length, 1);
  assert.match(idles[0] ?? '', /this screen was lost: .*QEMU refused it/);
});

test('a further screen shows what its listener brings, and is idle when that ends', async () => {
  const { coming, screen, idles } = stage();
  const scanout = Object.assign(new Canvas(640, 480), {
    path: 'message' as const,
    format: 'x8r8g8b8',
  });
  let taken: Taken | undefined = { scanout, damage: Damage.all(640, 480), damagedAt: 1 };
  const end = Promise.withResolvers<string>();
  let isClosed = false;
  coming.resolve({
    path: 'message',
    closed: end.promise,
    take: () => {
      const now = taken;
      taken = undefined;
      return now;
    },
    onChange: (callback) => queueMicrotask(callback),
    onCursor: () => {},
    onPointer: () => {},
    [Symbol.asyncDispose]: async () => {
      isClosed = true;
    },
  });
  await turn();
  assert.equal(screen.refresh(), true);
  assert.equal(screen.idle, undefined);
  end.resolve('it spoke nonsense');
  await turn();
  assert.deepEqual(idles, ['this screen was lost: it spoke nonsense']);
  assert.notEqual(screen.idle, undefined);
  assert.equal(isClosed, true);
});
