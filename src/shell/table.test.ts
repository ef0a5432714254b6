// Every command of the table is on the command line, with help, and reads its own sample back.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { Value } from 'typebox/value';
import { commandNames, commandOf, commands } from '../contracts/index.ts';
import { candidates } from './complete/complete.ts';
import { commandHelp, helpFor } from './help/help.ts';
import { parseArguments, placeholder } from './line/arguments.ts';
import { takeOptions } from './line/options.ts';
import { findRoute } from './line/route.ts';
import { quoteWord, splitWords } from './line/words.ts';
import { writeLine } from './line/write.ts';
import { rowsOf } from './rows.ts';
import { loadRows } from './table.ts';
import { makeStyle } from './terminal/style.ts';

const rows = rowsOf(commands);
const plain = makeStyle(false);
const rowOf = (name: string) => rows.find((row) => row.name === name) ?? assert.fail(name);

for (const name of commandNames) {
  const { arguments: schema } = commandOf(name);
  const row = rowOf(name);

  test(`${name} has a route of its own, a summary, and help`, () => {
    assert.equal(findRoute(rows, row.cli)?.row, row);
    assert.match(row.summary, /^[a-z].*[^.]$/);
    const help = commandHelp(row, plain).join('\n');
    assert.ok(help.includes(row.summary));
    for (const { flag, name: argument, isLocal } of row.parameters) {
      const form = row.positional.includes(argument) ? placeholder(argument) : `--${flag}`;
      assert.ok(isLocal || help.includes(form), `${argument} is in the help`);
    }
    assert.deepEqual(helpFor(row.cli, rows, plain), commandHelp(row, plain));
    assert.deepEqual(helpFor([name], rows, plain), commandHelp(row, plain));
    assert.equal(help.includes('Consent'), row.danger !== 'safe');
    assert.ok(helpFor([], rows, plain)?.some((line) => line.trim().startsWith(row.cli.join(' '))));
  });

  test(`the example of ${name} means its sample, which fits its schema`, () => {
    const words = splitWords(writeLine(row, row.sample))?.slice(1) ?? [];
    const line = takeOptions(words);
    const route = findRoute(rows, line.words) ?? assert.fail();
    assert.equal(route.row, row);
    const parsed = parseArguments(row, route.rest, line.literalFrom - route.used);
    assert.deepEqual({ ...parsed.arguments, ...parsed.local }, row.sample);
    assert.ok(Value.Check(schema, parsed.arguments));
  });

  test(`${name} is completed word by word`, () => {
    for (const [i, word] of row.cli.entries()) {
      const typed = [...row.cli.slice(0, i), word.slice(0, 1)];
      assert.ok(candidates(typed, rows, []).some((candidate) => candidate.word === word));
    }
  });
}

test('guests, values and options are completed where they fit', () => {
  const guests = [{ name: 'linux-desktop', title: 'Linux desktop' }];
  const words = (...typed: string[]) => candidates(typed, rows, guests).map(({ word }) => word);
  assert.deepEqual(words('guest', 'present', ''), ['linux-desktop']);
  assert.deepEqual(words('screenshot', 'guest', 'li'), ['linux-desktop']);
  assert.deepEqual(
    words('screenshot', 'guest', 'linux-desktop', ''),
    [],
    'a file: the shell’s own',
  );
  assert.deepEqual(words('click', '--button', 'm'), ['middle']);
  assert.deepEqual(words('type', 'x', '--gu'), ['--guest']);
  assert.deepEqual(words('help', 'scr'), ['screenshot']);
  assert.deepEqual(words('completion', ''), ['bash', 'zsh', 'fish']);
  assert.deepEqual(words('guest', 'list', ''), []);
});

test('boolean flags, their denial, and words after --', () => {
  const markers = rowOf('log.markers');
  assert.deepEqual(parseArguments(markers, ['--follow']).arguments, { follow: true });
  assert.deepEqual(parseArguments(markers, ['--no-follow']).arguments, { follow: false });
  assert.deepEqual(parseArguments(markers, ['--follow=no', '--since', '3']).arguments, {
    follow: false,
    since: 3,
  });
  assert.deepEqual(parseArguments(rowOf('input.type'), ['--x'], 0).arguments, { text: '--x' });
  assert.throws(() => parseArguments(markers, ['--follow', '--follow']), /twice/);
});

test('any text that a line is written with is read back from it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
      assert.deepEqual(splitWords(quoteWord(text)), [text]);
      const line = takeOptions(
        splitWords(writeLine(rowOf('input.type'), { text, guest: 'g' })) ?? [],
      );
      const parsed = parseArguments(rowOf('input.type'), line.words.slice(2), line.literalFrom - 2);
      assert.deepEqual(parsed.arguments, { text, guest: 'g' });
    }),
  );
});

test('the kept rows are those of the table, and are made again when they are garbled', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-rows-'));
  try {
    const made = await loadRows(folder);
    assert.deepEqual(made, rows);
    assert.deepEqual(await loadRows(folder), rows);
    const file = join(folder, 'commands.json');
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, 100));
    assert.deepEqual(await loadRows(folder), rows);
    assert.deepEqual(await loadRows('/dev/null/nowhere'), rows);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
