// What the documentation shows can be typed: each command line of its pages is one of the table's, with
// arguments that fit; each sentence is understood; each npm script and option is there.

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { Value } from 'typebox/value';
import { createPhraseResolver } from '../cognition/index.ts';
import { commandOf, commands } from '../contracts/index.ts';
import { helpFor } from './help/help.ts';
import { parseArguments } from './line/arguments.ts';
import { takeOptions } from './line/options.ts';
import { findRoute } from './line/route.ts';
import { splitWords } from './line/words.ts';
import { rowsOf } from './rows.ts';
import { makeStyle } from './terminal/style.ts';
import { linux } from './testing/daemon.ts';

const root = join(import.meta.dirname, '../..');
// docs/commands.md is made of the table itself.
const pages = globSync(['*.md', 'docs/*.md'], { cwd: root, exclude: ['docs/commands.md'] }).sort();
const rows = rowsOf(commands);
const resolver = createPhraseResolver(commands);
const guests = ['linux-desktop', 'rescue-desktop', 'second-desktop', 'wide'].map((name) => ({
  ...linux,
  name,
  title: name.replace('-', ' '),
}));

/** All that a page shows as code: the lines of its blocks, without their comments, and what stands between backticks. */
function codeOf(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8');
  const blocks = [...text.matchAll(/^```\w*\n(.*?)^```/gms)].map(([, lines = '']) => lines);
  const inline = text.replace(/^```.*?^```/gms, '').matchAll(/`([^`\n]+)`/g);
  return [...blocks.flatMap((lines) => lines.split('\n')), ...[...inline].map(([, c = '']) => c)]
    .flatMap((line) => line.replace(/\s+#.*$/, '').split(/ && | · /))
    .map((line) => line.trim());
}

const shown = (start: RegExp) =>
  pages.flatMap((page) =>
    codeOf(page)
      .filter((line) => start.test(line) && !line.includes('…'))
      .map((line) => ({ page, line, words: splitWords(line.replace(start, '')) ?? [] })),
  );

/** Throws when this cannot be typed after `rayos`. */
function check(all: readonly string[]): void {
  const line = takeOptions(all.map((word) => ({ NAME: 'linux-desktop', FILE: 'a' })[word] ?? word));
  const [first, ...rest] = line.words;
  if (first === undefined) return;
  if (first === 'help') {
    assert.ok(helpFor(rest, rows, makeStyle(false)), 'there is no help for it');
    return;
  }
  const route = findRoute(rows, line.words);
  if (route === undefined) {
    const answer = resolver.resolve(line.words.join(' '), { guests });
    assert.ok(answer.understood, 'it is no command, and is not understood');
    return;
  }
  // A command's name in a sentence.
  if (route.rest.length === 0) return;
  const parsed = parseArguments(route.row, route.rest, line.literalFrom - route.used);
  const { arguments: schema } = commandOf(route.row.name);
  assert.ok(Value.Check(schema, parsed.arguments), JSON.stringify(parsed.arguments));
}

test('every command line of the documentation can be typed', () => {
  const lines = shown(/^(npx )?rayos(?= |$)/);
  assert.ok(lines.length > 60, `${lines.length} lines were found`);
  const wrong = lines.flatMap(({ page, line, words }) => {
    try {
      check(words);
      return [];
    } catch (thrown) {
      return [`${page}: ${line}: ${String(thrown)}`];
    }
  });
  assert.deepEqual(wrong, []);
});

test('every sentence that the documentation says is understood', () => {
  for (const sentence of [
    'show linux desktop',
    'hide linux desktop',
    'stop linux',
    'take a snapshot of linux desktop',
  ]) {
    assert.ok(
      pages.some((page) => codeOf(page).includes(sentence)),
      `${sentence} is shown`,
    );
    assert.ok(resolver.resolve(sentence, { guests }).understood, sentence);
  }
});

test('every npm script of the documentation is there, and takes the options that are shown', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const lines = shown(/^npm (run )?(--silent )?(?!run |--silent |ci|install)/);
  assert.ok(lines.length > 15, `${lines.length} lines were found`);
  for (const { page, line, words } of lines) {
    const [name = '', dashes, ...more] = words;
    const script = scripts[name];
    assert.ok(script, `${page}: ${line}`);
    if (dashes === undefined) continue;
    assert.equal(dashes, '--', `${page}: ${line}`);
    // The last one: before it may be the script of setup/ that prepares for it.
    const program = script.split(' ').findLast((word) => /\.(ts|mjs)$/.test(word));
    assert.ok(program, `${page}: ${line}`);
    const source = globSync(`${dirname(program)}/**/*.{ts,mjs}`, { cwd: root })
      .filter((file) => !file.includes('.test.'))
      .map((file) => readFileSync(join(root, file), 'utf8'))
      .join();
    for (const option of more.filter((word) => word.startsWith('--')))
      assert.match(
        source,
        new RegExp(`(--|['"]|\\b)${option.slice(2)}(['"]|:)`),
        `${page}: ${line}`,
      );
  }
});
