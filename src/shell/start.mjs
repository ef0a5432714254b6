// Where the `rayos` command begins. Plain JavaScript, so that nothing has to be stripped of types before
// the compile cache is on: a command then costs little more than Node's own start (measured: 97 → 35 ms
// for a first TypeScript module).
// @ts-check

import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/rayos'));
const { main } = await import('./main.ts');
await main(process.argv.slice(2));
