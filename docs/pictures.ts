// Takes the pictures in docs/pictures/ with a real RayOS, real guests and a real browser, light and dark:
// `npm run pictures`, or `npm run pictures -- settings help` for some of them. Needs what `npm start` needs.

import { scenes } from './scenes.ts';
import { Studio } from './studio.ts';

const wanted = process.argv.slice(2);
const known = scenes.map(({ name }) => name);
const strange = wanted.filter((name) => !known.includes(name));
if (strange.length > 0)
  throw new Error(`there is no picture ${strange.join(', ')}; there are ${known.join(', ')}`);

await using studio = await Studio.open();
for (const scene of scenes) {
  if (wanted.length > 0 && !wanted.includes(scene.name)) continue;
  const begun = performance.now();
  await studio.take(scene);
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  process.stdout.write(`docs/pictures/${scene.name}-{light,dark}.webp, ${seconds} s\n`);
}
