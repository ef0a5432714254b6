// The camera's own process: a headless browser signs in with a one-time address, waits until every
// guest window has its picture, signs out, and answers with a PNG. Started by camera.ts, which speaks first.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';

export type Order = {
  readonly browser: string;
  readonly address: string;
  readonly width: number;
  readonly height: number;
  readonly scheme: 'dark' | 'light';
};
export type Answer = { readonly png: string } | { readonly failed: string };

/** The part of the desktop's `window.rayos` diagnostics that the camera reads. */
type Diagnostics = {
  rayos?: { surfaces(): readonly { connected: boolean; framesDrawn: number }[] };
};

async function photograph(order: Order): Promise<string> {
  const profile = mkdtempSync(join(tmpdir(), 'rayos-camera-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: order.browser,
    headless: true,
    viewport: { width: order.width, height: order.height },
    colorScheme: order.scheme,
    reducedMotion: 'reduce',
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  });
  try {
    const page = await context.newPage();
    await using _session = { [Symbol.asyncDispose]: () => signOut(page) };
    await page.goto(order.address);
    await page.locator('[data-link="live"]').waitFor();
    await page.waitForFunction(() =>
      (globalThis as unknown as Diagnostics).rayos
        ?.surfaces()
        .every((surface) => surface.connected && surface.framesDrawn > 0),
    );
    return (await page.screenshot({ type: 'png' })).toString('base64');
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

/** The profile is thrown away, and would leave a session behind that nobody uses any more. */
async function signOut(page: Page): Promise<void> {
  const asked = page.evaluate((timeoutMs) => {
    const signal = AbortSignal.timeout(timeoutMs);
    return fetch('/api/session', { method: 'DELETE', signal }).then(() => undefined);
  }, 3000);
  await asked.catch(() => undefined); // the page never came: there is no session
}

process.once('message', async (order: Order) => {
  const answer = await photograph(order).then(
    (png): Answer => ({ png }),
    (thrown: unknown): Answer => ({
      failed: thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown),
    }),
  );
  process.send?.(answer, undefined, undefined, () => process.disconnect?.());
});
