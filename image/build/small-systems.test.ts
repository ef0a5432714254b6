import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { recoveryPackages, recoveryRooms } from './small-systems.ts';

const root = join(import.meta.dirname, '../..');

test('recovery has with it all that its program imports', () => {
  const seen = new Set<string>();
  const visit = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, specifier = ''] of readFileSync(join(root, file), 'utf8').matchAll(
      / from '([^']+)'/g,
    )) {
      if (specifier.startsWith('node:')) continue;
      if (specifier.startsWith('.')) visit(join(dirname(file), specifier));
      else
        assert.ok(
          recoveryPackages.includes(specifier.split('/')[0] ?? ''),
          `${file}: ${specifier}`,
        );
    }
  };
  visit('src/recovery/main.ts');
  for (const file of seen)
    assert.ok(
      recoveryRooms.some((room) => file.startsWith(`src/${room}/`)),
      file,
    );
});
