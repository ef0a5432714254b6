// What the documentation names is there: tests and benches that are said to hold a promise, errors, markers,
// and the pages and files that it leads to.

import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { errors, markers } from '../src/contracts/index.ts';

const root = join(import.meta.dirname, '..');
const pages = globSync(['*.md', 'docs/*.md'], { cwd: root }).sort();
const files = globSync(
  ['src', 'desktop', 'guest-images', 'image', 'trials', 'setup', 'bench', 'docs', 'bin'].map(
    (at) => `${at}/**/*`,
  ),
  { cwd: root, exclude: ['**/node_modules/**', '**/dist/**'] },
);

/** What `find` finds on all pages and `isThere` does not know, with its page. */
function missing(find: RegExp, isThere: (name: string, page: string) => boolean): string[] {
  let count = 0;
  const gone = pages.flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(find)].flatMap(([, name = '']) => {
      count++;
      return isThere(name, page) ? [] : [`${page}: ${name}`];
    }),
  );
  assert.ok(count > 4, `${count} were found`);
  return gone;
}

test('each test that is named is there', () => {
  const isThere = (name: string) => files.some((file) => `/${file}`.endsWith(`/${name}`));
  assert.deepEqual(missing(/`([\w./-]+\.test\.tsx?)`/g, isThere), []);
});

test('each file and folder of the source that is named is there', () => {
  // What a build makes is not there before it.
  const isThere = (name: string) => name === 'desktop/dist' || existsSync(join(root, name));
  assert.deepEqual(
    missing(/`((?:src|trials|bench|setup|desktop|guest-images)\/[\w./-]+)`/g, isThere),
    [],
  );
});

test('each error and each marker that is named is in its table', () => {
  const known = new Set([...Object.keys(errors), ...Object.keys(markers)]);
  const isThere = (name: string) => {
    const isVariable = /^RAYOS_[A-Z]+$/.test(name);
    const isWord = !/[_:]/.test(name);
    return isVariable || isWord || known.has(name.replace(/^RAYOS_/, ''));
  };
  assert.deepEqual(missing(/`([A-Z]+(?:_[A-Z]+)*(?::[A-Z_]+)?)[`:]/g, isThere), []);
});

test('each variable of the environment that is named is read', () => {
  const source = files
    .filter((file) => /\.(ts|mjs|tsx)$/.test(file))
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join();
  assert.deepEqual(
    missing(
      /\b(RAYOS_[A-Z]+)\b(?!:)/g,
      (name) => source.includes(`${name} `) || source.includes(`.${name}`),
    ),
    [],
  );
});

test('each page that is linked to is there', () => {
  const isThere = (to: string, page: string) => existsSync(join(root, dirname(page), to));
  assert.deepEqual(missing(/\]\((?!https?:)([\w./-]+)(?:#[\w-]+)?\)/g, isThere), []);
});
