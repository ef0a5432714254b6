import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { FramerMessage } from '../../contracts/viewer-protocol.ts';
import { Damage, type DisplayListener, type Pointer } from '../../hypervisor/display/index.ts';
import { Canvas } from './canvas.test-helper.ts';
import { Head } from './head.ts';
import type { FromFramer } from './protocol.ts';
import type { Viewer } from './viewer.ts';

function stage(index: number) {
  const canvas = new Canvas(640, 480);
  canvas.draw({ x: 10, y: 10, width: 300, height: 200 }, 3, true);
  const scanout = Object.assign(canvas, { path: 'message' as const });
  const picture = { scanout, damage: Damage.all(640, 480), damagedAt: 1 };
  let taken: object | undefined = picture;
  let onChange = () => {};
  let onPointer = (_: Pointer) => {};
  let pointersShown = 0;
  const told: FromFramer[] = [];
  const listener = {
    take: () => {
      const now = taken;
      taken = undefined;
      return now;
    },
    onChange: (callback: () => void) => {
      onChange = callback;
    },
    onCursor: () => {},
    onPointer: (callback: typeof onPointer) => {
      onPointer = callback;
    },
  } as unknown as DisplayListener;
  const head = new Head({
    index,
    surface: `guest.${index}`,
    console: index,
    listener,
    connection: { keyboardAt: () => ({}), mouseAt: () => ({}) } as never,
    tell: (message) => void told.push(message),
    place: (x, y) => ({ x, y }),
    onPointerShown: () => void pointersShown++,
    onUnused: () => {},
  });
  const bring = (what: object) => {
    taken = what;
    onChange();
  };
  return {
    head,
    told,
    show: () => bring(picture),
    hide: () => bring({ idle: { reason: 'no-scanout', detail: 'off' }, damagedAt: 0 }),
    point: (visible: boolean) => onPointer({ x: 0, y: 0, visible }),
    pointersShown: () => pointersShown,
  };
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

test('a screen that goes off and on as fast as it can is told a few times a second, and as it is', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { head, show, hide } = stage(0);
  let idles = 0;
  const viewer = {
    canTake: () => false,
    tell: ({ type }: FramerMessage) => {
      if (type === 'idle') idles++;
    },
    close: () => {},
  };
  head.audience.add(viewer as unknown as Viewer);
  for (let i = 0; i < 1000; i++) {
    hide();
    show();
  }
  for (let i = 0; i < 5; i++) t.mock.timers.tick(200);
  assert.equal(idles, 1, 'it is on');
  for (let i = 0; i < 1000; i++) {
    show();
    hide();
  }
  t.mock.timers.tick(1000);
  assert.equal(idles, 3, 'the first, and that it is off');
  head.close(1000, 'over');
});

test('a pointer that comes and goes as fast as it can is told a few times a second, and as it is', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { head, point, pointersShown } = stage(0);
  for (let i = 0; i < 1001; i++) point(i % 2 === 1);
  assert.equal(pointersShown(), 1);
  t.mock.timers.tick(1000);
  assert.equal(pointersShown(), 2);
  assert.equal(head.isPointerVisible, false);
  head.close(1000, 'over');
});
