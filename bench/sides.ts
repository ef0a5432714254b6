// The two ways to look at the guest: RayOS's page, and noVNC's. Each can send a key, tell when a pixel
// changes, and count what it paints.

import type { Page } from 'playwright-core';
import type { TestBrowser } from '../trials/harness/browser.ts';
import { readCount, startCounting } from './frame-counter.ts';
import { browserOf, stopwatch } from './processes.ts';

/** RGBA rows. */
export type Shown = { readonly width: number; readonly height: number; readonly rgba: Uint8Array };
export type Count = { readonly paints: number; readonly distinct: number };

declare global {
  var peer: {
    connected(): boolean;
    paints(): number;
    probe(x: number, y: number): Promise<number>;
    count(on: boolean): Count | undefined;
  };
}

export type Side = {
  readonly name: 'RayOS' | 'noVNC';
  /** Milliseconds from a key to the change of this pixel, both inside the page. */
  latency(x: number, y: number): Promise<number>;
  /** Processor time in ms that all of its browser takes from now on. */
  clock(): () => number;
  /** How often the visible canvas has been painted. */
  paints(): Promise<number>;
  /** Reads the guest's own number of each frame from the picture for so long. */
  count(ms: number): Promise<Count | undefined>;
  /** What is on its canvas now. */
  picture(): Promise<Shown>;
  /** Shows the guest again, if need be; away leaves the page empty, so that it costs nothing. */
  open(): Promise<void>;
  away(): Promise<void>;
};

/** Sends a key to the element as a keyboard would, inside the page, and waits for the pixel. */
const keyInPage = { code: 'KeyA', key: 'a', bubbles: true, cancelable: true } as const;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export function rayosSide(
  page: Page,
  browser: TestBrowser,
  surface: string,
  reopen: () => Promise<void>,
): Side {
  return {
    name: 'RayOS',
    clock: () => stopwatch(browserOf(browser.profile)),
    latency: (x, y) =>
      page.evaluate(
        async ([id, px, py, key]) => {
          const changed = globalThis.rayos.probe(id, px, py);
          const target = document.querySelector(`[data-surface="${id}"]`);
          await new Promise((resolve) => setTimeout(resolve, 30)); // the probe is armed in the worker by then
          const start = performance.timeOrigin + performance.now();
          target?.dispatchEvent(new KeyboardEvent('keydown', key));
          target?.dispatchEvent(new KeyboardEvent('keyup', key));
          return (await changed) - start;
        },
        [surface, x, y, keyInPage] as const,
      ),
    paints: () =>
      page.evaluate(
        (id) => globalThis.rayos.surfaces().find((state) => state.surface === id)?.framesDrawn ?? 0,
        surface,
      ),
    async count(ms) {
      const workers = page.workers();
      for (const worker of workers) await worker.evaluate(startCounting);
      await pause(ms);
      const found: Count[] = [];
      for (const worker of workers) found.push(await worker.evaluate(readCount));
      return found.find(({ paints }) => paints > 0);
    },
    picture: () => pictureOf(page, `[data-surface="${surface}"] canvas`),
    open: async () => {
      if (page.url() === 'about:blank') await reopen();
    },
    away: async () => void (await page.goto('about:blank')),
  };
}

export function novncSide(page: Page, browser: TestBrowser, address: string): Side {
  return {
    name: 'noVNC',
    clock: () => stopwatch(browserOf(browser.profile)),
    latency: (x, y) =>
      page.evaluate(
        async ([px, py, key]) => {
          const changed = globalThis.peer.probe(px, py);
          const target = document.querySelector('#screen canvas');
          await new Promise((resolve) => setTimeout(resolve, 30));
          const start = performance.timeOrigin + performance.now();
          target?.dispatchEvent(new KeyboardEvent('keydown', key));
          target?.dispatchEvent(new KeyboardEvent('keyup', key));
          return (await changed) - start;
        },
        [x, y, keyInPage] as const,
      ),
    paints: () => page.evaluate(() => globalThis.peer.paints()),
    async count(ms) {
      await page.evaluate(() => void globalThis.peer.count(true));
      await pause(ms);
      return page.evaluate(() => globalThis.peer.count(false));
    },
    picture: () => pictureOf(page, '#screen canvas'),
    open: async () => {
      if (page.url() === 'about:blank') await page.goto(address);
      await page.waitForFunction(() => globalThis.peer?.connected());
    },
    away: async () => void (await page.goto('about:blank')),
  };
}

async function pictureOf(page: Page, selector: string): Promise<Shown> {
  const { width, height, data } = await page.evaluate(async (query) => {
    const shown = document.querySelector<HTMLCanvasElement>(query);
    if (!shown) throw new Error(`nothing is ${query}`);
    const { width: w, height: h } = shown;
    const context = new OffscreenCanvas(w, h).getContext('2d');
    if (!context) throw new Error('no canvas to copy to');
    context.drawImage(shown, 0, 0);
    const { data: bytes } = context.getImageData(0, 0, w, h);
    // As base64: a million pixels as a list of numbers take the driver seconds.
    const url = await new Promise<string>((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(String(reader.result));
      reader.readAsDataURL(new Blob([bytes]));
    });
    return { width: w, height: h, data: url.slice(url.indexOf(',') + 1) };
  }, selector);
  return { width, height, rgba: Buffer.from(data, 'base64') };
}
