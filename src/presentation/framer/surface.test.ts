import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { tileSize } from '../../contracts/index.ts';
import { Damage } from '../../hypervisor/index.ts';
import { Picture } from '../picture.test-helper.ts';
import { Canvas, GuestCanvas } from './canvas.test-helper.ts';
import { encodeFrame } from './encode.ts';
import { rectanglesSince } from './rectangles.ts';
import { type PixelSource, Surface } from './surface.ts';

/** A viewer: remembers which version it has. */
class Viewer {
  readonly picture = new Picture();
  version = 0;

  look(surface: Surface): number {
    const frame = encodeFrame(surface, this.version, { damagedAt: 1, sentAt: 2 });
    this.version = surface.version;
    return frame === undefined ? 0 : this.picture.apply(frame);
  }
}

const width = 200;
const height = 150;
const area = fc.record({
  x: fc.nat(width - 1),
  y: fc.nat(height - 1),
  width: fc.integer({ min: 1, max: width }),
  height: fc.integer({ min: 1, max: height }),
});
const action = fc.oneof(
  fc.record({ draw: area, color: fc.nat(3), isNoise: fc.boolean() }),
  fc.record({ look: fc.nat(2) }),
);

test('however viewers look, each ends with the picture of the guest', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 40 }), fc.boolean(), (actions, isRaw) => {
      const canvas = new (isRaw ? GuestCanvas : Canvas)(width, height);
      const surface = new Surface(width, height);
      const viewers = [new Viewer(), new Viewer(), new Viewer()];
      let damage = Damage.all(width, height);
      const look = (viewer: Viewer | undefined) => {
        surface.refresh(canvas, damage);
        damage = new Damage(width, height);
        viewer?.look(surface);
        assert.ok(viewer?.picture.pixels.equals(canvas.pixels));
      };
      for (const what of actions) {
        if ('look' in what) look(viewers[what.look]);
        else {
          canvas.draw(what.draw, what.color, what.isNoise);
          damage.add(what.draw);
        }
      }
      for (const viewer of viewers) look(viewer);
    }),
    { numRuns: 60 },
  );
});

test('only damaged rows are read, and only what is different counts', () => {
  const canvas = new Canvas(640, 480);
  const surface = new Surface(640, 480);
  surface.refresh(canvas, Damage.all(640, 480));
  canvas.rowsRead = 0;
  const damage = new Damage(640, 480);
  damage.add({ x: 0, y: 100, width: 640, height: 1 });
  assert.equal(surface.refresh(canvas, damage), false, 'damage without a difference is nothing');
  assert.equal(canvas.rowsRead, tileSize);
  assert.equal(surface.version, 1);
  canvas.draw({ x: 70, y: 100, width: 1, height: 1 }, 5);
  assert.equal(surface.refresh(canvas, damage), true);
  assert.deepEqual(
    rectanglesSince(surface, 1).map(({ x, y, width, height }) => [x, y, width, height]),
    [[70, 100, 1, 1]],
    'who has the version before lacks one pixel',
  );
  assert.ok(
    rectanglesSince(surface, 0.5).some(
      ({ x, y, width, height }) => x === 64 && y === 64 && width === 64 && height === 64,
    ),
    'who has an older one lacks all of the tile',
  );
});

test('what is drawn while it is read is not lost, though it lies outside of the damage', () => {
  const canvas = new Canvas(128, 64);
  const surface = new Surface(128, 64);
  surface.refresh(canvas, Damage.all(128, 64));
  const damage = new Damage(128, 64);
  damage.add({ x: 0, y: 0, width: 1, height: 1 });
  canvas.draw({ x: 100, y: 3, width: 2, height: 2 }, 7);
  surface.refresh(canvas, damage);
  const viewer = new Viewer();
  viewer.version = 1;
  assert.equal(viewer.look(surface), 1);
});

test('a read that breaks off keeps what it had, and goes on later', () => {
  const canvas = new Canvas(64, 192);
  const surface = new Surface(64, 192);
  surface.refresh(canvas, Damage.all(64, 192));
  canvas.draw({ x: 0, y: 0, width: 64, height: 192 }, 9);
  let bands = 0;
  const failing: PixelSource = {
    width: 64,
    height: 192,
    readRows(y, rows, into) {
      if (++bands === 2) throw new Error('gone');
      canvas.readRows(y, rows, into);
    },
  };
  assert.throws(() => surface.refresh(failing, Damage.all(64, 192)), /gone/);
  const viewer = new Viewer();
  viewer.look(surface);
  surface.refresh(canvas, Damage.all(64, 192));
  viewer.look(surface);
  assert.ok(viewer.picture.pixels.equals(canvas.pixels));
});

test('a solid screen is one rectangle of one pixel; a full one is a single rectangle too', () => {
  const canvas = new Canvas(1280, 800);
  const surface = new Surface(1280, 800);
  surface.refresh(canvas, Damage.all(1280, 800));
  const solid = encodeFrame(surface, 0, { damagedAt: 0, sentAt: 0 });
  assert.equal(solid?.byteLength, 32 + 16 + 4);
  canvas.draw({ x: 0, y: 0, width: 1280, height: 800 }, 1, true);
  surface.refresh(canvas, Damage.all(1280, 800));
  const noise = encodeFrame(surface, 0, { damagedAt: 0, sentAt: 0 });
  assert.equal(noise?.byteLength, 32 + 16 + 1280 * 800 * 4);
});

test('rectangles cover the changed tiles once each, and nothing else', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(4), fc.nat(3)), { maxLength: 20 }), (changed) => {
      const canvas = new Canvas(300, 200);
      const surface = new Surface(300, 200);
      surface.refresh(canvas, Damage.all(300, 200));
      for (const [tx, ty] of changed)
        canvas.draw({ x: tx * 64, y: ty * 64, width: 64, height: 64 }, tx, tx % 2 === 0);
      surface.refresh(canvas, Damage.all(300, 200));
      const covered = new Map<string, number>();
      for (const { x, y, width, height } of rectanglesSince(surface, 1))
        for (let ty = y / 64; ty * 64 < y + height; ty++)
          for (let tx = x / 64; tx * 64 < x + width; tx++)
            covered.set(`${tx} ${ty}`, (covered.get(`${tx} ${ty}`) ?? 0) + 1);
      const wanted = new Set(changed.map(([tx, ty]) => `${tx} ${ty}`));
      assert.deepEqual(new Set(covered.keys()), wanted);
      assert.ok([...covered.values()].every((times) => times === 1));
    }),
  );
});

test('who has the version before is sent no more than the area that changed', () => {
  fc.assert(
    fc.property(area, fc.boolean(), (drawn, isNoise) => {
      const canvas = new GuestCanvas(width, height);
      const surface = new Surface(width, height);
      surface.refresh(canvas, Damage.all(width, height));
      canvas.draw(drawn, 4, isNoise);
      surface.refresh(canvas, Damage.all(width, height));
      const right = Math.min(width, drawn.x + drawn.width);
      const bottom = Math.min(height, drawn.y + drawn.height);
      let pixels = 0;
      for (const part of rectanglesSince(surface, 1)) {
        assert.ok(part.x >= drawn.x && part.y >= drawn.y);
        assert.ok(part.x + part.width <= right && part.y + part.height <= bottom);
        pixels += part.width * part.height;
      }
      assert.equal(pixels, (right - drawn.x) * (bottom - drawn.y));
    }),
  );
});

test('a source whose format changes is read anew', () => {
  const [plain, guest] = [new Canvas(100, 70), new GuestCanvas(100, 70)];
  const surface = new Surface(100, 70);
  const viewer = new Viewer();
  for (const [i, canvas] of [plain, guest, plain, guest].entries()) {
    canvas.draw({ x: 10 * i, y: 5, width: 30, height: 60 }, i * 77, true);
    surface.refresh(canvas, Damage.all(100, 70));
    viewer.look(surface);
    assert.ok(viewer.picture.pixels.equals(canvas.pixels));
  }
});
