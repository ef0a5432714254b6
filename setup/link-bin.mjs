// After `npm ci`: puts `rayos` beside the other commands of node_modules/.bin, so that `npx rayos`
// runs this checkout's own. npm links the commands of dependencies only, not of the package itself.

import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const link = join(import.meta.dirname, '..', 'node_modules', '.bin', 'rayos');
rmSync(link, { force: true });
symlinkSync('../../bin/rayos', link);
