// Checks that imports between rooms go in the direction of the design: `npm run check:rooms`.
// @ts-check

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importsOf } from './imports.mjs';
import { checkRooms } from './rooms-check.mjs';
import { roomTable } from './rooms-table.mjs';

const root = join(import.meta.dirname, '..');

const names = globSync(
  ['src/**/*.{ts,mjs}', '{desktop,guest-images,image,trials,bench,docs,setup}/**/*.{ts,tsx,mjs}'],
  {
    cwd: root,
    exclude: ['**/node_modules/**', '**/dist/**'],
  },
).sort();
const files = names.map((file) => ({
  file,
  imports: importsOf(file, readFileSync(join(root, file), 'utf8')),
}));
const complaints = checkRooms(files, roomTable);
for (const complaint of complaints) console.error(complaint);
if (complaints.length > 0) process.exitCode = 1;
else console.log(`${files.length} files: all imports between rooms go the right way`);
