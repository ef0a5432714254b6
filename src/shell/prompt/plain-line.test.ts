import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PlainLine } from './plain-line.ts';

/** What a terminal that knows only text, backspace and line feed shows on its last line. */
function shown(echo: string): string {
  const cells: string[] = [];
  let at = 0;
  for (const character of echo) {
    if (character === '\b') at -= 1;
    else cells[at++] = character;
  }
  return cells.join('').trimEnd();
}

test('a line is echoed, edited and given', () => {
  const line = new PlainLine();
  assert.deepEqual(line.push('shwo'), { echo: 'shwo', lines: [], isOver: false });
  assert.equal(line.push('\x7f\x7fow linux').echo, '\b \b\b \bow linux');
  assert.equal(line.text, 'show linux');
  assert.deepEqual(line.push('\r'), { echo: '\n', lines: ['show linux'], isOver: false });
  line.push('one two  ');
  line.push('\x17');
  assert.equal(line.text, 'one ');
  line.push('\x15');
  assert.equal(line.text, '');
});

test('arrow and function keys write nothing; Ctrl-C clears; Ctrl-D leaves an empty line only', () => {
  const line = new PlainLine();
  assert.equal(line.push('a\x1b[A\x1b[15~\x1bOPb').echo, 'ab');
  assert.deepEqual(line.push('\x04'), { echo: '', lines: [], isOver: false });
  assert.deepEqual(line.push('\x03'), { echo: '^C\n', lines: [''], isOver: false });
  assert.equal(line.push('\x04').isOver, true);
});

test('whatever is typed, the terminal shows what the line holds, and no escape code is written', () => {
  const keys = fc.constantFrom(
    'a',
    'B',
    ' ',
    'é',
    '\x7f',
    '\b',
    '\x15',
    '\x17',
    '\t',
    '\x1b[C',
    '\x00',
  );
  fc.assert(
    fc.property(fc.array(keys), (typed) => {
      const line = new PlainLine();
      const echo = typed.map((key) => line.push(key).echo).join('');
      assert.equal(shown(echo), line.text.trimEnd());
      assert.ok(!echo.includes('\x1b'));
    }),
  );
});

test('the line is bounded', () => {
  const line = new PlainLine();
  line.push('x'.repeat(100_000));
  assert.equal(line.text.length, 2000);
});
