// A real Chromium, headless, signed in to a RayOS under test.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { findBrowser } from '../../src/camera/index.ts';

export type SurfaceState = {
  readonly surface: string;
  readonly width: number;
  readonly height: number;
  readonly framesDrawn: number;
  readonly connected: boolean;
};

/** The desktop's diagnostics (`window.rayos`), as a trial uses them. */
type Diagnostics = {
  surfaces(): SurfaceState[];
  pixels(
    surface: string,
    x: number,
    y: number,
    width: number,
    height: number,
  ): Promise<{ width: number; height: number; data: ArrayLike<number> }>;
  probe(surface: string, x: number, y: number): Promise<number>;
  sound(surface: string): { rate: number; samples: number[] } | undefined;
};

export class TestBrowser implements AsyncDisposable {
  readonly #context: BrowserContext;
  readonly #profile: string;
  /** The folder of this browser's profile, by which its processes can be told from others. */
  get profile(): string {
    return this.#profile;
  }
  /** What the pages complained of in their consoles. */
  readonly complaints: string[] = [];

  private constructor(context: BrowserContext, profile: string) {
    this.#context = context;
    this.#profile = profile;
  }

  /** `args`: more for Chromium. */
  static async start(
    viewport = { width: 1440, height: 960 },
    { args = [] }: { args?: readonly string[] } = {},
  ): Promise<TestBrowser> {
    const profile = mkdtempSync(join(tmpdir(), 'rayos-browser-'));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: findBrowser(),
      headless: true,
      viewport,
      reducedMotion: 'reduce',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        ...args,
      ],
    });
    context.setDefaultTimeout(45_000);
    return new TestBrowser(context, profile);
  }

  /** Opens the desktop by its one-time address and waits until it is live. */
  async open(address: string): Promise<Page> {
    const page = await this.#context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(error.message));
    await page.goto(address);
    await page.locator('[data-link="live"]').waitFor();
    return page;
  }

  /** Opens any address. */
  async openPlain(address: string): Promise<Page> {
    const page = await this.#context.newPage();
    await page.goto(address);
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
    rmSync(this.#profile, { recursive: true, force: true });
  }
}

declare global {
  var rayos: Diagnostics;
}

export const surfaces = (page: Page): Promise<SurfaceState[]> =>
  page.evaluate(() => globalThis.rayos.surfaces());

/** Waits until the page has drawn more than `count` frames of the surface. */
export async function drawn(page: Page, surface: string, count = 0): Promise<void> {
  await page.waitForFunction(
    ([id, least]) =>
      globalThis.rayos
        ?.surfaces()
        .some((state) => state.surface === id && state.connected && state.framesDrawn > least),
    [surface, count] as const,
  );
}

/** Resolves when the page has lost its connection to the surface and has drawn a frame of a new one. */
export function healing(page: Page, surface: string): Promise<void> {
  return page.evaluate(
    (id) =>
      new Promise<void>((resolve) => {
        let lostAt: number | undefined;
        const look = () => {
          const state = globalThis.rayos.surfaces().find((report) => report.surface === id);
          if (state && !state.connected) lostAt ??= state.framesDrawn;
          if (lostAt !== undefined && state?.connected && state.framesDrawn > lostAt) resolve();
          else setTimeout(look, 4);
        };
        look();
      }),
    surface,
  );
}

/** RGBA of part of what the page shows of a surface. */
export async function pixels(
  page: Page,
  surface: string,
  x: number,
  y: number,
  width: number,
  height: number,
): Promise<Buffer> {
  // As base64: a million pixels as a list of numbers take the driver seconds.
  const data = await page.evaluate(
    async ([id, ...area]) => {
      const bytes = Uint8Array.from((await globalThis.rayos.pixels(id, ...area)).data);
      const url = await new Promise<string>((resolve) => {
        const reader = new FileReader();
        reader.onload = () => resolve(String(reader.result));
        reader.readAsDataURL(new Blob([bytes]));
      });
      return url.slice(url.indexOf(',') + 1);
    },
    [surface, x, y, width, height] as const,
  );
  return Buffer.from(data, 'base64');
}

const shifted: Readonly<Record<string, string>> = Object.fromEntries(
  [...'~!@#$%^&*()_+{}|:"<>?'].map((character, i) => [
    character,
    [..."`1234567890-=[]\\;',./"][i] ?? '',
  ]),
);

/** Types as hands do, with Shift held for what needs it; the browser's driver alone would leave it out. */
export async function typeByHand(page: Page, text: string): Promise<void> {
  for (const character of text) {
    const base =
      shifted[character] ?? (/[A-Z]/.test(character) ? character.toLowerCase() : undefined);
    if (base === undefined) await page.keyboard.press(character === ' ' ? 'Space' : character);
    else await page.keyboard.press(`Shift+${base}`);
  }
}
