// The studio of the documentation's pictures: a RayOS with guests, a browser, and the way a picture is
// taken of a scene. Everything in it is gone when it is disposed of.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import { drawn, TestBrowser } from '../trials/harness/browser.ts';
import { TestRayos } from '../trials/harness/rayos.ts';

const folder = join(import.meta.dirname, 'pictures');
const size = { width: 1280, height: 800 };
/** Wallpaper around a window that is pictured alone. */
const margin = 20;
const stableWithinMs = 60_000;

/** A disk image as another virtual machine would leave it: a boot record, one active partition. */
function oldLaptop(home: string): void {
  const raw = join(home, 'raw');
  const record = Buffer.alloc(512);
  record.set([0xeb, 0x63, 0x90]);
  record.set([0x80, 0, 2, 0, 0x07, 0xff, 0xff, 0xff], 446);
  record.writeUInt32LE(2048, 454);
  record.writeUInt32LE(80 * 2 ** 20 - 2048, 458);
  record.set([0x55, 0xaa], 510);
  writeFileSync(raw, record);
  truncateSync(raw, 40 * 2 ** 30);
  execFileSync('qemu-img', ['convert', '-O', 'vmdk', raw, join(home, 'old-laptop.vmdk')]);
  rmSync(raw);
}

export type Scene = {
  /** Of the files: `<name>-light.webp` and `<name>-dark.webp`. */
  readonly name: string;
  /** Which guests there are: none yet, or those of `Studio.guests`. Those without come first. */
  readonly guests: boolean;
  /** Sets the scene; what it returns is pictured alone, else the whole desktop is. */
  readonly arrange: (studio: Studio) => Promise<Locator | undefined>;
};

export const linux = 'linux-desktop';
export const rescue = 'rescue-desktop';

export class Studio implements AsyncDisposable {
  readonly rayos: TestRayos;
  readonly browser: TestBrowser;
  readonly page: Page;
  /** A home with a few things in it, whose folders guests may be given. */
  readonly home: string;
  #guests = false;
  #order = 1000;

  private constructor(rayos: TestRayos, browser: TestBrowser, page: Page, home: string) {
    this.rayos = rayos;
    this.browser = browser;
    this.page = page;
    this.home = home;
  }

  static async open(): Promise<Studio> {
    const home = mkdtempSync(join(tmpdir(), 'home-'));
    await using undo = new AsyncDisposableStack();
    undo.defer(() => rmSync(home, { recursive: true, force: true }));
    mkdirSync(join(home, 'Holiday'));
    writeFileSync(join(home, 'Holiday', 'packing.txt'), 'passport\nbooks\n');
    oldLaptop(home);
    const rayos = undo.use(await TestRayos.start([], { HOME: home }));
    const browser = undo.use(await TestBrowser.start(size));
    const page = await browser.open(await rayos.address());
    page.setDefaultTimeout(30_000);
    undo.move();
    return new Studio(rayos, browser, page, home);
  }

  /** Takes the pictures of a scene. */
  async take({ name, guests, arrange }: Scene): Promise<void> {
    if (guests) await this.#haveGuests();
    const alone = await arrange(this);
    const page = alone?.page() ?? this.page;
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      const png = await page.screenshot({ clip: await this.#clip(alone) });
      await sharp(png)
        .webp({ quality: 86, effort: 6, smartSubsample: true })
        .toFile(join(folder, `${name}-${scheme}.webp`));
    }
    await page.emulateMedia({ colorScheme: 'dark' });
    if (page !== this.page) await page.close();
    await this.clear();
  }

  /** Opens a page of the desktop in its window. */
  async open(address: string, window: string): Promise<Locator> {
    await this.page.evaluate((to) => {
      location.hash = to;
    }, address);
    const shown = this.window(window);
    await shown.locator('h1').first().waitFor();
    return shown;
  }

  window(id: string): Locator {
    return this.page.locator(`[data-window="${id}"]`);
  }

  /** Shows a guest in a window of this place and size. */
  async show(guest: string, rect: { x: number; y: number; width: number; height: number }) {
    await this.rayos.run('guest.present', { guest });
    await this.place(`${guest}.0`, rect);
    await drawn(this.page, `${guest}.0`);
  }

  /** Puts a window there, in front, as if it had stood there when this browser was last used. */
  async place(id: string, rect: object): Promise<void> {
    const places = await this.page.evaluate(() => localStorage.getItem('rayos.windows') ?? '{}');
    this.#order += 1000;
    const place = { rect, order: this.#order };
    await this.#remember(JSON.stringify({ ...JSON.parse(places), [id]: place }));
    await this.window(id).waitFor();
  }

  /** Opens the desktop anew with these places of windows. */
  async #remember(places: string): Promise<void> {
    await this.page.evaluate((places) => {
      // Written once the page is gone: it writes its own places as it goes.
      addEventListener('pagehide', () => localStorage.setItem('rayos.windows', places));
    }, places);
    await this.page.reload();
    await this.page.locator('[data-link="live"]').waitFor();
  }

  /** Waits until two pictures of the guest in a row are the same: it has drawn what it had to. */
  async stable(guest: string): Promise<void> {
    let before = '';
    const deadline = Date.now() + stableWithinMs;
    for (;;) {
      const { data } = await this.rayos.run('screenshot.guest', { guest });
      if (data === before) return;
      if (Date.now() > deadline) throw new Error(`${guest} does not come to rest`);
      before = data;
      await new Promise((resolve) => setTimeout(resolve, 1500));
    }
  }

  /** Does something that the guest shows, and waits until it has drawn all of it. */
  async see(guest: string, act: () => Promise<unknown>): Promise<void> {
    const before = (await this.rayos.run('screenshot.guest', { guest })).data;
    await act();
    const deadline = Date.now() + stableWithinMs;
    while ((await this.rayos.run('screenshot.guest', { guest })).data === before) {
      if (Date.now() > deadline) throw new Error(`${guest} does not change`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    await this.stable(guest);
  }

  /** The desktop as it was: no pages, no guests on it, nothing said. */
  async clear(): Promise<void> {
    const { page } = this;
    await page.keyboard.press('Escape');
    await page.keyboard.up('Control');
    for (const { id } of (await this.rayos.run('surface.list', {})).surfaces)
      await this.rayos
        .run('guest.hide', { guest: id.replace(/\.\d+$/, '') })
        .catch(() => undefined);
    for (;;) {
      const close = page
        .locator('.page-window')
        .getByRole('button', { name: 'Close', exact: true })
        .first();
      if ((await close.count()) === 0) break;
      await close.dispatchEvent('click');
    }
    await page.locator('.window').first().waitFor({ state: 'detached' });
    await this.#remember('{}');
    await this.quiet();
  }

  /** Closes what the notices say. */
  async quiet(): Promise<void> {
    const close = this.page.locator('.toast .icon-button').first();
    while ((await close.count()) > 0) await close.dispatchEvent('click');
  }

  async #clip(alone: Locator | undefined) {
    const box = await alone?.boundingBox();
    if (!box) return { x: 0, y: 0, ...size };
    const x = Math.max(0, box.x - margin);
    const y = Math.max(0, box.y - margin);
    return {
      x,
      y,
      width: Math.min(size.width, box.x + box.width + margin) - x,
      height: Math.min(size.height, box.y + box.height + margin) - y,
    };
  }

  async #haveGuests(): Promise<void> {
    if (this.#guests) return;
    this.#guests = true;
    const { rayos } = this;
    for (const name of [linux, rescue]) {
      await rayos.run('guest.create', { name });
      await rayos.run('guest.start', { guest: name });
    }
    await rayos.run('settings.set', { firstStartDone: true });
    // Takes up the setting.
    await this.page.reload();
    await this.page.locator('[data-link="live"]').waitFor();
    await rayos.run('guest.present', { guest: linux });
    await drawn(this.page, `${linux}.0`);
    await this.stable(linux);
    await this.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser[Symbol.asyncDispose]();
    await this.rayos[Symbol.asyncDispose]();
    rmSync(this.home, { recursive: true, force: true });
  }
}
