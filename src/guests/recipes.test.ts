import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RayError } from '../contracts/index.ts';
import { fromRecipe, titleFrom } from './recipes.ts';

const recipes = {
  'linux-desktop': { title: 'Linux desktop', memoryMiB: 2048, cpus: 2, sound: true },
  'rescue-desktop': { title: 'Rescue desktop', memoryMiB: 512, cpus: 1 },
};

test('a guest is what its recipe says, but for what a person wants otherwise', () => {
  const { title, recipe, memoryMiB, cpus, spec } = fromRecipe({ name: 'rescue-desktop' }, recipes);
  assert.deepEqual([title, recipe, memoryMiB, cpus], ['Rescue desktop', 'rescue-desktop', 512, 1]);
  assert.deepEqual([spec.madeFrom, spec.sound], ['the recipe rescue-desktop', false]);
  const other = fromRecipe({ name: 'my-work', memoryMiB: 4096, title: 'Work' }, recipes);
  assert.deepEqual(
    [other.title, other.recipe, other.memoryMiB, other.spec.sound],
    ['Work', 'linux-desktop', 4096, true],
  );
});

test('one of another name gets a title from that name', () => {
  assert.equal(fromRecipe({ name: 'my-work' }, recipes).title, 'My work');
  assert.equal(titleFrom('a'), 'A');
});

test('an unknown recipe is refused, also one that every object has', () => {
  for (const recipe of ['windows', 'toString', '__proto__'])
    assert.throws(
      () => fromRecipe({ name: 'ada', recipe }, recipes),
      (thrown: unknown) =>
        thrown instanceof RayError &&
        thrown.code === 'BAD_REQUEST' &&
        /linux-desktop, rescue-desktop/.test(thrown.message),
    );
  assert.equal(fromRecipe({ name: 'constructor' }, recipes).recipe, 'linux-desktop');
});
