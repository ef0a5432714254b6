// Viewers on slow connections: which encoder they get, and that what was sent with loss becomes exact.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import {
  type FramerMessage,
  readFrame,
  tileEncodings,
  type ViewerMessage,
} from '../../contracts/viewer-protocol.ts';
import { Damage } from '../../hypervisor/display/index.ts';
import { InputQueue } from '../../input/index.ts';
import { Audience } from './audience.ts';
import { Canvas } from './canvas.test-helper.ts';
import { choose, plainWishes } from './choice.ts';
import { Link } from './link.ts';
import type { PixelStream } from './pixel-stream.ts';
import { Surface } from './surface.ts';
import { Viewer } from './viewer.ts';

const full = { encodings: ['raw', 'solid', 'deflate', 'webp'], quality: 'auto' } as const;

/** A link over which frames of `bytes` went, one after the other. */
function linkOf(bytesPerSecond: number, roundTripMs: number, bytes = 100_000): Link {
  const link = new Link();
  link.answered(roundTripMs);
  for (let i = 0, now = 0; i < 20; i++) {
    const sentAt = now;
    now += roundTripMs + (bytes / bytesPerSecond) * 1000;
    link.drawn(bytes, sentAt, 0, now);
  }
  return link;
}

test('what a link carries is measured within a tenth', () => {
  for (const [rate, ms] of [
    [2.5e6, 40],
    [12e6, 8],
    [90e6, 1],
  ] as const) {
    const found = linkOf(rate, ms).bytesPerSecond;
    assert.ok(Math.abs(found - rate) < rate * 0.1, `${found} for ${rate}`);
  }
});

test('small frames never make a link look slow, and the time of painting is not the link', () => {
  const link = linkOf(50e6, 20);
  const before = link.bytesPerSecond;
  for (let i = 0; i < 50; i++) link.drawn(200, 10_000 + i * 100, 0, 10_060 + i * 100);
  assert.ok(link.bytesPerSecond >= before);
  const busy = new Link();
  busy.answered(1);
  for (let i = 0; i < 20; i++) busy.drawn(400_000, i * 100, 90, i * 100 + 96);
  assert.ok(busy.bytesPerSecond > 50e6);
});

test('a viewer that decodes more slowly than frames come does not make its link look fast', () => {
  const link = new Link();
  const [rate, roundTripMs, bytes, decodeMs] = [2.5e6, 40, 200_000, 110];
  link.answered(roundTripMs);
  let [leftAt, drawnAt] = [0, 0];
  // Two frames are out: each is sent when the one before the last is said to be drawn.
  const acknowledged = [0, 0];
  for (let i = 0; i < 30; i++) {
    const sentAt = acknowledged[i] ?? 0;
    leftAt = Math.max(leftAt, sentAt) + (bytes / rate) * 1000;
    const arrivedAt = leftAt + roundTripMs / 2;
    drawnAt = Math.max(drawnAt, arrivedAt) + decodeMs;
    acknowledged.push(drawnAt + roundTripMs / 2);
    link.drawn(bytes, sentAt, drawnAt - arrivedAt, drawnAt + roundTripMs / 2);
  }
  assert.ok(Math.abs(link.bytesPerSecond - rate) < rate * 0.15, `${link.bytesPerSecond}`);
});

test('a viewer that stands still and then draws two frames at once does not make its link look fast', () => {
  const link = new Link();
  const [rate, roundTripMs, bytes, stallMs] = [2.5e6, 40, 130_000, 200];
  link.answered(roundTripMs);
  const onWayMs = (bytes / rate) * 1000;
  for (let i = 0, at = 0; i < 20; i++, at += 2 * onWayMs) {
    // Both are sent in time; in every third turn the first comes late, and the second right behind it.
    const late = i % 3 === 0 ? stallMs : 0;
    if (late > 0) at += late;
    link.drawn(bytes, at - late, 10, at + onWayMs + roundTripMs + 10);
    const second = late > 0 ? at + onWayMs : at + 2 * onWayMs;
    link.drawn(bytes, at - late + onWayMs, 10, second + roundTripMs + 10);
    assert.ok(link.bytesPerSecond < 2 * rate, `${link.bytesPerSecond}`);
  }
});

test('loss only on far slow links, or when asked for; never when lossless is asked for', () => {
  const name = (link: Link, quality: 'auto' | 'lossless' | 'saving' = 'auto') =>
    choose(link, { ...full, quality }, undefined).name;
  assert.equal(name(linkOf(2.5e6, 40)), 'webp');
  assert.equal(name(linkOf(2.5e6, 40), 'lossless'), 'deflate');
  assert.equal(name(linkOf(2.5e6, 1)), 'deflate');
  assert.equal(name(linkOf(20e6, 20)), 'deflate');
  assert.equal(name(linkOf(90e6, 1)), 'raw');
  assert.equal(name(linkOf(90e6, 1), 'saving'), 'webp');
  assert.equal(choose(linkOf(2.5e6, 40), plainWishes, undefined).name, 'raw');
});

test('a choice is not taken back for a little', () => {
  const at = (rate: number) => ({ isFar: true, bytesPerSecond: rate });
  assert.equal(choose(at(7e6), full, 'deflate').name, 'deflate');
  assert.equal(choose(at(7e6), full, 'webp').name, 'webp');
  assert.equal(choose(at(10e6), full, 'webp').name, 'deflate');
});

/** A guest with a screen of photographs, and one viewer. */
function stage(
  hello: Partial<Extract<ViewerMessage, { type: 'hello' }>>,
  soon: (work: () => void) => void = setImmediate,
) {
  const [width, height] = [256, 192];
  let now = 1000;
  const nothing = async () => {};
  const canvas = new Canvas(width, height);
  const surface = new Surface(width, height);
  let damage: Damage | undefined;
  const wave = (phase: number) => {
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const [r, g] = [120 + 99 * Math.sin((x + phase) / 30), 120 + 99 * Math.cos(y / 20)];
        canvas.pixels.writeUInt32LE(
          (0xff000000 | ((x & 255) << 16) | (g << 8) | r) >>> 0,
          (y * width + x) * 4,
        );
      }
    damage = Damage.all(width, height);
  };
  const dot = () => {
    canvas.draw({ x: 70, y: 70, width: 40, height: 40 }, 3, true);
    damage = Damage.all(width, height);
  };
  wave(0);
  const audience = new Audience({
    surface: 's',
    screen: () => ({
      surface,
      idle: undefined,
      damagedAt: now,
      refresh() {
        const found = damage;
        damage = undefined;
        return found !== undefined && surface.refresh(canvas, found);
      },
    }),
    onFrame: () => {},
    soon,
    now: () => now,
  });
  const frames: Uint8Array[] = [];
  const texts: FramerMessage[] = [];
  let came = Promise.withResolvers<void>();
  const took = (data: string | Uint8Array) => {
    if (typeof data === 'string') texts.push(JSON.parse(data) as FramerMessage);
    else frames.push(data);
    came.resolve();
    came = Promise.withResolvers();
  };
  const queue = new InputQueue({
    sink: {
      keyboard: { press: nothing, release: nothing },
      mouse: { setAbsPosition: nothing, press: nothing, release: nothing },
    },
    screen: () => surface,
  });
  const events: string[] = [];
  const viewer = new Viewer(
    'v',
    {
      bufferedAmount: 0,
      send: took,
      ping: () => {},
      close: (_, reason) => events.push(reason),
      terminate: () => {},
    },
    queue.open(),
    { onReady: () => audience.wake(), onStalled: () => {}, onRefused: () => {} },
    now,
  );
  const say = (message: ViewerMessage) => viewer.receive(JSON.stringify(message), now);
  say({ type: 'hello', ...full, name: '', ...hello });
  audience.add(viewer);
  /** Frame number `index`, once it is there. */
  const frame = async (index: number): Promise<ReturnType<typeof readFrame>> => {
    while (frames.length <= index) await came.promise;
    return readFrame((frames[index] as Uint8Array).slice().buffer as ArrayBuffer);
  };
  const pass = (ms: number) => {
    now += ms;
    audience.tick(now);
  };
  const draw = (header: { readonly frame: number }) => say({ type: 'drawn', frame: header.frame });
  return { audience, viewer, canvas, frames, texts, events, frame, pass, draw, wave, dot, took };
}

test('what was sent with loss is sent again without, once it rests, and then never again', async () => {
  const { canvas, frame, frames, pass, draw, texts } = stage({ quality: 'saving' });
  const first = await frame(0);
  assert.ok(first.tiles.some((tile) => tile.encoding === tileEncodings.webp));
  assert.equal(texts.find((text) => text.type === 'encoder')?.name, 'webp');
  draw(first.header);
  const picture = Buffer.alloc(canvas.pixels.length);
  let tiles = 0;
  for (let i = 1; tiles < 12; i++) {
    pass(500);
    const next = await frame(i);
    for (const { x, y, width, height, encoding, pixels } of next.tiles) {
      assert.equal(encoding, tileEncodings.webp);
      assert.equal(Buffer.from(pixels.subarray(12, 16)).toString(), 'VP8L', 'without loss');
      const rows = await sharp(pixels).ensureAlpha().raw().toBuffer();
      for (let row = 0; row < height; row++)
        rows.copy(picture, ((y + row) * 256 + x) * 4, row * width * 4, (row + 1) * width * 4);
      tiles += Math.ceil(width / 64) * Math.ceil(height / 64);
    }
    draw(next.header);
  }
  assert.deepEqual(picture, canvas.pixels);
  const count = frames.length;
  for (let i = 0; i < 5; i++) pass(1000);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(frames.length, count);
});

test('a thumbnail is small, and comes at most twice a second', async () => {
  const { frame, frames, pass, draw, wave, audience, texts } = stage({
    thumbnail: 64,
    quality: 'lossless',
  });
  const { header } = await frame(0);
  assert.deepEqual([header.width, header.height], [64, 48]);
  assert.deepEqual(
    texts.find((text) => text.type === 'surface'),
    { type: 'surface', surface: 's', width: 64, height: 48 },
  );
  draw(header);
  for (let i = 0; i < 20; i++) {
    wave(i * 9);
    audience.wake();
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(frames.length, 1);
  pass(500);
  const next = await frame(1);
  assert.ok(next.header.frame > header.frame);
});

/** A pixel stream that is a list. */
function listStream() {
  const frames: Uint8Array[] = [];
  let end = () => {};
  const stream: PixelStream = {
    bufferedAmount: 0,
    send: (frame) => frames.push(frame),
    onEnd: (callback) => {
      end = callback;
    },
    // As a socket's: later.
    end: () => void setImmediate(() => end()),
  };
  return { stream, frames, cut: () => end() };
}

test('frames go by the stream from when nothing is out, and all comes again when it is cut', async () => {
  const { viewer, frame, frames, draw, wave, audience } = stage({ encodings: ['raw', 'solid'] });
  const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  const first = await frame(0);
  const { stream, frames: streamed, cut } = listStream();
  viewer.openStream(stream);
  wave(5);
  audience.wake();
  await turn();
  assert.deepEqual([frames.length, streamed.length], [1, 0]);
  draw(first.header);
  await turn();
  assert.deepEqual([frames.length, streamed.length], [1, 1]);
  const onStream = readFrame((streamed[0] as Uint8Array).slice().buffer as ArrayBuffer).header;
  cut();
  await turn();
  const again = await frame(1);
  const area = again.tiles.reduce((sum, { width, height }) => sum + width * height, 0);
  assert.equal(area, 256 * 192);
  // One that had arrived after all is no fault of the viewer's.
  draw(onStream);
  draw(again.header);
  wave(9);
  audience.wake();
  assert.ok((await frame(2)).tiles.length > 0);
});

const turn = () => new Promise((resolve) => setImmediate(resolve));
const areaOf = ({ tiles }: ReturnType<typeof readFrame>) =>
  tiles.reduce((sum, { width, height }) => sum + width * height, 0);

test('all comes again also when the stream is cut while a frame is being compressed', async () => {
  const deflated = { encodings: ['raw', 'solid', 'deflate'], quality: 'saving' } as const;
  const { viewer, frame, frames, draw, wave, dot, audience } = stage(deflated);
  draw((await frame(0)).header);
  const { stream, frames: streamed, cut } = listStream();
  viewer.openStream(stream);
  wave(5);
  audience.wake();
  while (streamed.length === 0) await turn();
  dot();
  audience.wake();
  await turn();
  assert.deepEqual([frames.length, streamed.length], [1, 1], 'it is being compressed');
  cut();
  assert.equal(areaOf(await frame(1)), 256 * 192);
});

test('all comes again when a stream takes the place of another one', async () => {
  const { viewer, frame, draw, wave, audience } = stage({ encodings: ['raw', 'solid'] });
  draw((await frame(0)).header);
  const [before, after] = [listStream(), listStream()];
  viewer.openStream(before.stream);
  wave(5);
  audience.wake();
  while (before.frames.length === 0) await turn();
  viewer.openStream(after.stream);
  await turn();
  await turn();
  const [again] = after.frames;
  assert.ok(again);
  assert.equal(areaOf(readFrame(again.slice().buffer as ArrayBuffer)), 256 * 192);
});

test('over a long way a second frame is begun before the first is made, and comes after it', async () => {
  const { viewer, frame, frames, draw, wave, dot, audience } = stage(
    { quality: 'saving' },
    (work) => work(),
  );
  viewer.heard(1040);
  assert.ok(viewer.isFar);
  draw((await frame(0)).header);
  for (let round = 1; round < 20; round += 2) {
    wave(round);
    audience.wake();
    const since = viewer.sentVersion;
    dot();
    audience.wake();
    assert.equal(frames.length, round, 'neither is made');
    assert.ok(viewer.sentVersion > since, 'both are begun');
    // What changed least is compressed first.
    const [large, small] = [await frame(round), await frame(round + 1)];
    assert.ok(large.header.frame < small.header.frame);
    assert.ok(areaOf(large) > areaOf(small));
    draw(large.header);
    draw(small.header);
  }
});

test('another size of picture while a frame is being compressed: that frame is left out', async () => {
  const deflated = { encodings: ['raw', 'solid', 'deflate'], quality: 'saving' } as const;
  const { viewer, frame, frames, audience } = stage(deflated);
  audience.wake();
  await turn();
  assert.equal(frames.length, 0, 'it is being compressed');
  const hello = { type: 'hello', ...deflated, name: '', thumbnail: 64 };
  viewer.receive(JSON.stringify(hello), 1000);
  assert.equal((await frame(0)).header.width, 64);
});
