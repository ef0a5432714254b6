import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TerminalText } from './terminal-text.ts';

function read(...chunks: string[]): string {
  const terminal = new TerminalText();
  for (const chunk of chunks) terminal.write(chunk);
  return terminal.text;
}

test('colours, titles and cursor moves are taken out, text stays', () => {
  assert.equal(read('\u001b[1;32mroot\u001b[0m# \u001b]0;title\u0007ls\r\n'), 'root# ls\n');
  assert.equal(read('\u001b[', '31mred\u001b', '[0m'), 'red', 'also when cut in two');
});

test('a carriage return writes over the line, a backspace over a letter', () => {
  assert.equal(read('10 %\r20 %\r\ndone'), '20 %\ndone');
  assert.equal(read('lz\bs'), 'ls');
});

test('a flood keeps its end, and nothing more than that', () => {
  const text = read(...Array.from({ length: 5000 }, (_, i) => `line ${i} ${'x'.repeat(90)}\n`));
  assert.ok(text.length < 250_000);
  assert.ok(text.endsWith(`line 4999 ${'x'.repeat(90)}\n`));
});

test('whatever a guest writes, no control character comes out', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (chunks) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is the question.
      assert.doesNotMatch(read(...chunks), /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
    }),
  );
});
