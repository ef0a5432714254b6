import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { Help } from './help.ts';
import { passagesOf } from './passages.ts';
import { queryOf } from './query.ts';

const docs = join(import.meta.dirname, '../../../docs');

test('questions of people find the page that answers them among the first two passages', () => {
  using help = new Help(docs);
  const expected = {
    'how do I share a folder': 'folders',
    'is there a network in my guest?': 'network',
    'may I copy and paste a picture': 'clipboard',
    'what happens when policy.toml is broken': 'policy',
    'show me the serial console': 'console',
    'limit the processor of a guest': 'limits',
  };
  for (const [question, page] of Object.entries(expected))
    assert.ok(
      help.search(question, 2).some((passage) => passage.page === page),
      question,
    );
});

test('a question that no page answers has no answer, and the limit is kept', () => {
  using help = new Help(docs);
  assert.deepEqual(help.search('zyzzyva quokka'), []);
  assert.deepEqual(help.search('?!'), []);
  assert.equal(help.search('guest', 2).length, 2);
});

test('no question is an error of the search, or an operator in it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-help-'));
  writeFileSync(join(folder, 'page.md'), '# Page\n\nNEAR AND OR NOT text\n');
  using help = new Help(folder);
  const hostile = fc.string({
    unit: fc.constantFrom(
      '"',
      "'",
      '*',
      '(',
      ')',
      ':',
      '^',
      '-',
      '+',
      ' ',
      'NEAR',
      'AND',
      'a',
      '{',
      'é',
      '\0',
    ),
  });
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), hostile), (question) => {
      help.search(question);
      const query = queryOf(question);
      if (query !== undefined) assert.match(query, /^"[\p{L}\p{N}]+"\*( OR "[\p{L}\p{N}]+"\*)*$/u);
    }),
  );
  rmSync(folder, { recursive: true });
});

test('a page becomes passages by heading; nothing of its text is lost', () => {
  const page =
    '# How?\n\nfirst\n\n```\n# no heading\n```\n\n## More\n\n![seen](pictures/a.webp)\n\nsecond\n';
  assert.deepEqual(passagesOf('p', page), [
    { page: 'p', title: 'How?', heading: 'How?', text: 'first\n\n```\n# no heading\n```' },
    { page: 'p', title: 'How?', heading: 'More', text: 'second' },
  ]);
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z#` \n]{0,40}$/)), (parts) => {
      const text = parts.join('\n');
      const words = (all: string) => all.split(/[\s#]+/).filter((word) => word !== '');
      const passages = passagesOf('p', text);
      const kept = new Set(
        passages.flatMap((p) => [...words(p.title), ...words(p.heading), ...words(p.text)]),
      );
      const inText = text
        .split('\n')
        .filter((line) => !line.startsWith('#'))
        .flatMap(words);
      for (const word of inText) assert.ok(kept.has(word), word);
    }),
  );
});
