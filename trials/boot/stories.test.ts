import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTests } from '../machine/in-tests.mjs';
import { findStories, firstComment, selectStories } from './stories.ts';

test('every story says in words what it shows, and each that npm test runs is there', () => {
  const stories = findStories();
  assert.ok(stories.length > 0);
  for (const { name, says } of stories) assert.match(says, /^[A-Z].{20,}[^ ]$/, name);
  assert.deepEqual(
    inTests.filter((name) => !stories.some((story) => story.name === name)),
    [],
  );
});

test('a story is chosen by its name, several by a part of theirs; what names none is told', () => {
  const stories = ['boot', 'boot-usb', 'power-cuts'].map((name) => ({
    name,
    file: '',
    says: '',
    isInTests: false,
  }));
  const names = (words: string[]) => selectStories(stories, words).chosen.map(({ name }) => name);
  assert.deepEqual(names([]), ['boot', 'boot-usb', 'power-cuts']);
  assert.deepEqual(names(['boot']), ['boot']);
  assert.deepEqual(names(['usb', 'power']), ['boot-usb', 'power-cuts']);
  assert.deepEqual(selectStories(stories, ['floppy']).unknown, ['floppy']);
});

test('the first comment of a file, and nothing after it', () => {
  assert.equal(
    firstComment('// One thing\n// and another.\n\n// more\n'),
    'One thing and another.',
  );
  assert.equal(firstComment('code\n// later\n'), '');
});
