// What the documentation's pictures show. Each scene begins with an empty desktop.

import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { linux, rescue, type Scene, type Studio } from './studio.ts';

const guestPage = `page:guest:${linux}`;

/** A section of the Linux desktop's page, once `ready` is on it. */
function section(
  name: string,
  ready: (page: Locator) => Locator,
  before?: Scene['arrange'],
): Scene {
  return {
    name: `guest-${name}`,
    guests: true,
    arrange: async (studio) => {
      await before?.(studio);
      const shown = await studio.open(`#/guest/${linux}/${name}`, guestPage);
      await ready(shown).first().waitFor();
      await studio.quiet();
      return shown;
    },
  };
}

/** The Linux desktop at work, in a window over the wallpaper. */
async function atWork(studio: Studio, rect = { x: 96, y: 24, width: 1088, height: 680 }) {
  await studio.show(linux, rect);
  const { width, height } = rect;
  await studio.page.waitForFunction(
    ([id, wide, high]) =>
      globalThis.rayos
        .surfaces()
        .some((s) => s.surface === id && s.width === wide && s.height === high),
    [`${linux}.0`, width, height - 40] as const,
  );
  await studio.stable(linux);
  await studio.quiet();
}

export const scenes: readonly Scene[] = [
  {
    name: 'sign-in',
    guests: false,
    arrange: async ({ browser, rayos }) => {
      const page = await browser.openPlain(new URL('/', await rayos.address()).href);
      // A browser without the session's cookie.
      await page.route('**/api/session', (route) => route.fulfill({ status: 401, json: {} }));
      await page.reload();
      await page.getByLabel('One-time address').waitFor();
      return page.locator('body');
    },
  },
  {
    name: 'first-start',
    guests: false,
    arrange: async ({ page }) => {
      await page.getByRole('heading', { name: 'Welcome to RayOS' }).waitFor();
      return undefined;
    },
  },
  {
    name: 'empty',
    guests: true,
    arrange: async ({ page }) => {
      await page.getByText('Nothing is on screen').waitFor();
      return undefined;
    },
  },
  {
    name: 'desktop',
    guests: true,
    arrange: async (studio) => {
      await atWork(studio);
      const press = (keys: string) => studio.rayos.run('input.press', { keys, guest: linux });
      await studio.see(linux, () => press('super+left'));
      await studio.see(linux, () =>
        studio.rayos.run('guest.open', { guest: linux, what: 'files' }),
      );
      await studio.see(linux, () => press('super+right'));
      await studio.quiet();
      return undefined;
    },
  },
  {
    name: 'tiled',
    guests: true,
    arrange: async (studio) => {
      const { page, rayos } = studio;
      await studio.show(rescue, { x: 40, y: 40, width: 800, height: 540 });
      await atWork(studio);
      await studio.open(`#/guest/${linux}`, guestPage);
      await page.keyboard.press('Alt+t');
      await rayos.run('input.type', { text: 'uname -sr', guest: rescue });
      await rayos.run('input.press', { keys: 'enter', guest: rescue });
      await studio.stable(rescue);
      await studio.stable(linux);
      await studio.quiet();
      return undefined;
    },
  },
  {
    name: 'switcher',
    guests: true,
    arrange: async (studio) => {
      const { page } = studio;
      await studio.show(rescue, { x: 40, y: 40, width: 800, height: 540 });
      await atWork(studio);
      await studio.open('#/settings', 'page:settings');
      await page.keyboard.down('Control');
      await page.keyboard.press('Backquote');
      await page.locator('.switcher canvas').first().waitFor();
      await studio.stable(linux);
      return undefined;
    },
  },
  section(
    'overview',
    (page) => page.locator('.plot-line'),
    async (studio) => {
      await studio.show(linux, { x: 0, y: 0, width: 1088, height: 680 });
      await studio.stable(linux);
      return undefined;
    },
  ),
  section('machine', (page) => page.getByRole('heading', { name: 'Machine' })),
  section('network', (page) => page.getByRole('heading', { name: 'Network' })),
  section('console', (page) => page.getByText(/^Live/)),
  section(
    'folders',
    (page) => page.getByText('Holiday').first(),
    async ({ rayos, home }) => {
      const wanted = { guest: linux, path: join(home, 'Holiday') };
      const answer = await rayos.ask('folder.share', wanted);
      const consent = 'consent' in answer ? answer.consent : undefined;
      await rayos.run('folder.share', wanted, consent).catch(console.error);
      return undefined;
    },
  ),
  section(
    'snapshots',
    (page) => page.getByText('before-upgrade'),
    async ({ rayos }) => {
      await rayos.run('snapshot.take', { guest: linux, name: 'as-new' });
      await rayos.run('snapshot.take', { guest: linux, name: 'before-upgrade' });
      return undefined;
    },
  ),
  section('log', (page) => page.locator('.log-lines li')),
  {
    name: 'create',
    guests: true,
    arrange: async (studio) => studio.open('#/create', 'page:create'),
  },
  {
    name: 'proposal',
    guests: true,
    arrange: async (studio) => {
      const making = await studio.open('#/create', 'page:create');
      await making.getByRole('radio', { name: 'A file of yours' }).check();
      await making
        .getByLabel('File on the machine that runs RayOS')
        .fill(join(studio.home, 'old-laptop.vmdk'));
      await making.getByRole('button', { name: 'Look at it' }).click();
      await making.getByRole('region', { name: 'What RayOS found' }).waitFor();
      return making;
    },
  },
  {
    name: 'settings',
    guests: true,
    arrange: (studio) => studio.open('#/settings', 'page:settings'),
  },
  {
    name: 'notifications',
    guests: true,
    arrange: async (studio) => {
      await studio.rayos.run('guest.stop', { guest: rescue });
      await studio.rayos.run('guest.start', { guest: rescue });
      await studio.rayos.marker('GUEST:READY', { after: studio.rayos.markers.length - 3 });
      const shown = await studio.open('#/notifications', 'page:notifications');
      await studio.quiet();
      return shown;
    },
  },
  {
    name: 'help',
    guests: true,
    arrange: async (studio) => {
      const help = await studio.open('#/help', 'page:help');
      await help.getByLabel('Ask the documentation').fill('How do I share a folder?');
      await help.getByRole('button', { name: 'Ask' }).click();
      await help.locator('.help-passage').first().waitFor();
      return help;
    },
  },
  {
    name: 'keys',
    guests: true,
    arrange: (studio) => studio.open('#/help/keys', 'page:help'),
  },
  {
    name: 'delete',
    guests: true,
    arrange: async (studio) => {
      await studio.rayos.run('guest.stop', { guest: rescue });
      const shown = await studio.open(`#/guest/${rescue}`, `page:guest:${rescue}`);
      await shown.getByRole('button', { name: /^Delete Rescue/ }).click();
      await studio.page.locator('.consent').waitFor();
      await studio.quiet();
      return undefined;
    },
  },
  {
    name: 'intent',
    guests: true,
    arrange: async (studio) => {
      await studio.page.keyboard.press('/');
      await studio.page.getByRole('combobox', { name: 'What you want' }).fill('sh');
      await studio.page.getByRole('option').first().waitFor();
      return undefined;
    },
  },
  {
    name: 'answer',
    guests: true,
    arrange: async (studio) => {
      const { page } = studio;
      await page.keyboard.press('/');
      await page.getByRole('combobox', { name: 'What you want' }).fill('guest list');
      await page.keyboard.press('Enter');
      await page.getByText(/^There are \d+ guests/).waitFor();
      return undefined;
    },
  },
  {
    name: 'menu',
    guests: true,
    arrange: async (studio) => {
      await atWork(studio);
      await studio.page.getByRole('button', { name: 'Menu of Linux desktop' }).click();
      return undefined;
    },
  },
];
