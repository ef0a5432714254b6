// Takes the pictures in docs/pictures/ with a real RayOS, a real guest and a real browser:
// `npm run pictures`. Needs what `npm start` needs.

import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestRayos } from '../trials/harness/rayos.ts';

const folder = join(import.meta.dirname, 'pictures');

async function take(rayos: TestRayos, file: string, ...args: string[]): Promise<void> {
  const { code, stderr } = await rayos.cli('screenshot', ...args, file);
  if (code !== 0) throw new Error(stderr);
  copyFileSync(join(rayos.stateDir, file), join(folder, file));
  process.stdout.write(`docs/pictures/${file}\n`);
}

/** Waits until two pictures of the guest in a row are the same: it has drawn what it had to. */
async function stable(rayos: TestRayos): Promise<void> {
  let before = '';
  for (;;) {
    const { data } = await rayos.run('screenshot.guest', { guest: 'rescue-desktop' });
    if (data === before) return;
    before = data;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

await using rayos = await TestRayos.start();
await rayos.run('guest.create', { name: 'rescue-desktop' });
await rayos.run('guest.present', { guest: 'rescue-desktop' });
await rayos.run('input.type', { text: 'uname -sr; echo "hello from inside a RayOS window"' });
await rayos.run('input.press', { keys: 'enter' });
await stable(rayos);
await take(rayos, 'guest.png', 'guest', 'rescue-desktop');
await take(rayos, 'desktop.png', 'desktop');
await take(rayos, 'desktop-light.png', 'desktop', '--scheme', 'light');
