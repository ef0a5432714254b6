// After `npm ci`: puts `rayos` beside the other commands of node_modules/.bin, so that `npx rayos` runs this
// checkout's own. It is not in package.json as "bin": npx would then install the checkout into its own cache
// at each call, and a call before `npm start` would leave a half-made folder there that breaks every later one.

import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const link = join(import.meta.dirname, '..', 'node_modules', '.bin', 'rayos');
rmSync(link, { force: true });
symlinkSync('../../bin/rayos', link);
