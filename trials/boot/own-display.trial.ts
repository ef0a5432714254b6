// A computer shows the desktop on its own screen: the page has drawn, the picture is the desktop's, Ctrl+Alt+F1
// shows the text console and Ctrl+Alt+F7 the desktop again: no chord has opened, shrunk or ended the browser.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { firstImage } from '../machine/images.ts';
import { type Picture, pixelAt, shareOf } from '../machine/screen.ts';
import { bootLimits, createComputer } from './computer.ts';
import { storyLimitMs } from './fallback.ts';

test("the desktop is on the machine's own screen, and the console behind Ctrl+Alt+F1", {
  timeout: storyLimitMs,
}, async ({ signal }) => {
  // The browser and the compositor take 400 MiB beside all else.
  await using computer = await createComputer({
    image: firstImage,
    hasScreen: true,
    memoryMiB: 2048,
  });
  await computer.powerOn();
  const limits = { ...bootLimits, signal };
  await computer.marker(/^BOOT_MARKER:SHELL:/, limits);
  const shown = await computer.marker(/^PRESENTATION:DESKTOP_SHOWN:/, limits);
  assert.match(shown.marker ?? '', /:Virtual-1$/);
  const desktop = await computer.screenThat('the desktop', hasDock, limits);
  await keep('own-display', desktop);

  // By these a browser would open a tab, leave full screen, or end.
  for (const chord of [['ctrl', 't'], ['f11'], ['alt', 'f4'], ['ctrl', 'w']])
    await computer.press(...chord);
  await computer.press('ctrl', 'alt', 'f1');
  const console = await computer.screenThat('the console', isText, limits);
  await keep('own-console', console);

  await computer.press('ctrl', 'alt', 'f7');
  await computer.screenThat('the desktop again', hasDock, limits);
  const display = computer.serial.markers.filter((marker) =>
    /^PRESENTATION:(DESKTOP_SHOWN|DISPLAY_LOST):/.test(marker),
  );
  assert.deepEqual(display, ['PRESENTATION:DESKTOP_SHOWN:Virtual-1'], 'no chord has ended it');
});

/** The dock's light panel lies in the lower left corner, where the wallpaper's hill is blue. */
function hasDock(picture: Picture): boolean {
  const { width, height } = picture;
  let light = 0;
  for (let y = height - 72; y < height - 16; y++)
    for (let x = 20; x < 190; x++) if ((pixelAt(picture, x, y) ?? 0) >> 16 > 0xd0) light++;
  return width >= 640 && light > (56 * 170) / 2;
}

/** Light letters on black: nearly all of it is black. The wallpaper of the desktop has hardly any. */
function isText(picture: Picture): boolean {
  const letters = shareOf(picture, (rgb) => (rgb & 0xff) > 0x80);
  return shareOf(picture, (rgb) => rgb === 0) > 0.8 && letters > 0.002;
}

/** For the documentation: RAYOS_TRIAL_PICTURES=docs/pictures npm run trials own-display */
async function keep(name: string, { png }: Picture): Promise<void> {
  const folder = process.env.RAYOS_TRIAL_PICTURES;
  if (folder === undefined) return;
  await sharp(png)
    .webp({ quality: 90 })
    .toFile(join(folder, `${name}.webp`));
}
