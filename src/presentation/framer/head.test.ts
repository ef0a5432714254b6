import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Damage, type DisplayListener } from '../../hypervisor/display/index.ts';
import { Canvas } from './canvas.test-helper.ts';
import { Head } from './head.ts';
import type { FromFramer } from './protocol.ts';

function stage(index: number) {
  const canvas = new Canvas(640, 480);
  canvas.draw({ x: 10, y: 10, width: 300, height: 200 }, 3, true);
  const scanout = Object.assign(canvas, { path: 'message' as const });
  let taken: object | undefined = { scanout, damage: Damage.all(640, 480), damagedAt: 1 };
  const told: FromFramer[] = [];
  const listener = {
    take: () => {
      const now = taken;
      taken = undefined;
      return now;
    },
    onChange: () => {},
    onCursor: () => {},
    onPointer: () => {},
  } as unknown as DisplayListener;
  const head = new Head({
    index,
    surface: `guest.${index}`,
    console: index,
    listener,
    connection: { keyboardAt: () => ({}), mouseAt: () => ({}) } as never,
    tell: (message) => void told.push(message),
    place: (x, y) => ({ x, y }),
    onPointerShown: () => {},
    onUnused: () => {},
  });
  return { head, told };
}

for (const index of [0, 1])
  test(`screen ${index} shows the picture that was there before it`, async () => {
    const { head, told } = stage(index);
    await turn();
    assert.deepEqual(head.size && [head.size.width, head.size.height], [640, 480]);
    assert.deepEqual(
      told.map(({ type }) => type),
      ['scanout', 'frame'],
    );
    head.close(1000, 'over');
  });
