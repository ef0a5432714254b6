// The page's decoders in a real browser: exact without loss, near with it, and bounded whatever comes.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { tileEncodings } from '../src/contracts/index.ts';
import { TestBrowser } from './harness/browser.ts';

let browser: TestBrowser;
let page: Page;
const source = (path: string) =>
  stripTypeScriptTypes(readFileSync(new URL(path, import.meta.url), 'utf8'), { mode: 'strip' });
const server = createServer((request, response) => {
  const isDecoder = request.url === '/decode.js';
  const isContract = request.url === '/contracts.js';
  response.setHeader('content-type', isDecoder || isContract ? 'text/javascript' : 'text/html');
  if (isDecoder)
    response.end(
      source('../desktop/src/viewer/decode.ts').replace(/'[^']*contracts[^']*'/, "'/contracts.js'"),
    );
  else response.end(isContract ? source('../src/contracts/viewer-protocol.ts') : '<!doctype html>');
});

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser = await TestBrowser.start();
  page = await browser.openPlain(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  server.close();
});

/** What the browser makes of a tile: its pixels, or the error's words. */
async function decoded(
  encoding: number,
  payload: Uint8Array,
  width: number,
  height: number,
): Promise<Buffer | string> {
  const answer = await page.evaluate(
    async ([kind, base64, w, h]) => {
      const path = '/decode.js';
      const { decodeTiles } = await import(path);
      const pixels = Uint8ClampedArray.from(atob(base64), (c) => c.charCodeAt(0));
      try {
        const [tile] = await decodeTiles([
          { x: 0, y: 0, width: w, height: h, encoding: kind, pixels },
        ]);
        if (tile.kind === 'pixels') return Array.from(tile.pixels as Uint8ClampedArray);
        const context = new OffscreenCanvas(w, h).getContext('2d');
        context?.drawImage(tile.image, 0, 0);
        return Array.from(context?.getImageData(0, 0, w, h).data ?? []);
      } catch (thrown) {
        return String(thrown);
      }
    },
    [encoding, Buffer.from(payload).toString('base64'), width, height] as const,
  );
  return typeof answer === 'string' ? answer : Buffer.from(answer);
}

const [width, height] = [65, 33];
const wave = Buffer.alloc(width * height * 4, 255);
for (let i = 0; i < width * height; i++) {
  wave[i * 4] = 128 + 100 * Math.sin((i % width) / 20);
  wave[i * 4 + 1] = 128 + 100 * Math.cos(i / width / 15);
  wave[i * 4 + 2] = 90;
}
const webp = (w = width, h = height) =>
  sharp(wave, { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .resize(w, h)
    .webp({ quality: 75, effort: 0 })
    .toBuffer();

test('deflate is exact', async () => {
  for (const level of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
    const payload = deflateRawSync(wave, { level });
    assert.deepEqual(await decoded(tileEncodings.deflate, payload, width, height), wave);
  }
});

test('WebP is near', async () => {
  const shown = await decoded(tileEncodings.webp, await webp(), width, height);
  assert.ok(typeof shown !== 'string');
  const error = wave.reduce((sum, value, i) => sum + Math.abs(value - (shown[i] ?? 0)), 0);
  assert.ok(error / wave.length < 3);
});

test('WebP without loss is exact', async () => {
  const payload = await sharp(wave, { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .webp({ lossless: true, effort: 0 })
    .toBuffer();
  assert.equal(payload.toString('latin1', 12, 16), 'VP8L');
  assert.deepEqual(await decoded(tileEncodings.webp, payload, width, height), wave);
  assert.match(String(await decoded(tileEncodings.webp, payload, width, height + 1)), /Error/);
});

test('what holds more or less than its tile is refused, and so is what is no picture', async () => {
  const bomb = deflateRawSync(Buffer.alloc(64 << 20));
  for (const [encoding, payload] of [
    [tileEncodings.deflate, bomb],
    [tileEncodings.deflate, deflateRawSync(wave.subarray(0, 400))],
    [tileEncodings.deflate, Buffer.alloc(0)],
    [tileEncodings.deflate, Buffer.alloc(40, 0xff)],
    [tileEncodings.webp, await webp(4000, 4000)],
    [tileEncodings.webp, Buffer.alloc(40)],
    [tileEncodings.raw, Buffer.alloc(40)],
    [tileEncodings.jpeg, Buffer.alloc(40)],
    [77, Buffer.alloc(40)],
  ] as const)
    assert.match(String(await decoded(encoding, payload, width, height)), /Error/);
});
