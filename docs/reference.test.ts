import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { reference } from './reference.ts';

test('docs/commands.md is what the table of commands says', () => {
  assert.equal(
    readFileSync(join(import.meta.dirname, 'commands.md'), 'utf8'),
    reference(),
    'run: npm run reference',
  );
  assert.doesNotMatch(reference(), /undefined/);
});
