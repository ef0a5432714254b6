import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Inline, parseMarkdown, plain, slug } from './markdown.ts';

test('headings, paragraphs, lists, code and tables', () => {
  const blocks = parseMarkdown(
    '# How do I **start**?\n\nRun `npm start`\nand wait.\n\n- one\n- two\n  more\n\n1. first\n\n```\n<b>code</b>\n```\n\n| key | does |\n| --- | --- |\n| `a|b` | it |\n',
  );
  assert.deepEqual(
    blocks.map((block) => block.kind),
    ['heading', 'paragraph', 'list', 'list', 'code', 'table'],
  );
  const [heading, paragraph, list, , code, table] = blocks;
  assert.ok(heading?.kind === 'heading' && heading.id === 'how-do-i-start');
  assert.ok(
    paragraph?.kind === 'paragraph' && plain(paragraph.parts) === 'Run npm start and wait.',
  );
  assert.ok(list?.kind === 'list' && list.items[1] && plain(list.items[1]) === 'two more');
  assert.ok(code?.kind === 'code' && code.text === '<b>code</b>');
  assert.ok(table?.kind === 'table' && table.rows[0]?.length === 2);
  assert.equal(plain(table.rows[0]?.[0] ?? []), 'a|b');
});

test('links keep where they lead, and their words', () => {
  const [block] = parseMarkdown(
    'See [the **policy**](policy.md#allow) or <https://www.debian.org/>.',
  );
  assert.ok(block?.kind === 'paragraph');
  const links = block.parts.filter((part) => part.kind === 'link');
  assert.deepEqual(
    links.map((link) => [plain(link.parts), link.to]),
    [
      ['the policy', 'policy.md#allow'],
      ['https://www.debian.org/', 'https://www.debian.org/'],
    ],
  );
});

test('a picture keeps what is to be seen on it, and every page shows pictures that are there', () => {
  const [block] = parseMarkdown('![The **desk**](pictures/desktop-light.webp)');
  assert.deepEqual(block?.kind === 'paragraph' && block.parts, [
    { kind: 'picture', text: 'The **desk**', to: 'pictures/desktop-light.webp' },
  ]);
  const docs = join(import.meta.dirname, '../../../docs');
  for (const file of readdirSync(docs).filter((name) => name.endsWith('.md')))
    for (const [, path = ''] of readFileSync(join(docs, file), 'utf8').matchAll(
      /!\[.*?\]\((.*?)\)/g,
    ))
      for (const scheme of ['light', 'dark'])
        assert.ok(existsSync(join(docs, path.replace('light', scheme))), `${file}: ${path}`);
});

test('every page of the documentation is read to its last word', () => {
  const folder = join(import.meta.dirname, '../../../docs');
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.md'))) {
    const source = readFileSync(join(folder, file), 'utf8');
    const words = new Set(textOf(source).match(/\p{L}{3,}/gu));
    for (const word of source.replace(/\]\([^)]*\)/g, ']').match(/\p{L}{3,}/gu) ?? [])
      assert.ok(words.has(word), `${file}: "${word}" is lost`);
  }
});

test('whatever is written, reading ends, and no address is made up', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 400 }), (source) => {
      const visit = (parts: readonly Inline[]): void => {
        for (const part of parts) {
          if (part.kind === 'link') assert.ok(source.includes(part.to));
          if ('parts' in part) visit(part.parts);
        }
      };
      for (const block of parseMarkdown(source)) if ('parts' in block) visit(block.parts);
      assert.match(slug(source), /^[\p{L}\p{N}-]*$/u);
    }),
  );
});

function textOf(source: string): string {
  return parseMarkdown(source)
    .map((block) => {
      if (block.kind === 'code') return block.text;
      if (block.kind === 'list') return block.items.map(plain).join(' ');
      if (block.kind === 'table') return [block.head, ...block.rows].flat().map(plain).join(' ');
      return plain(block.parts);
    })
    .join('\n');
}
