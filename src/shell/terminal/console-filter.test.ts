import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ConsoleFilter } from './console-filter.ts';

const plain = (text: string) => new ConsoleFilter('plain').push(text);
const screen = (text: string) => new ConsoleFilter('screen').push(text);

test('as plain text a console is its words and lines', () => {
  assert.equal(plain('\x1b[1;32mdebian\x1b[0m login:\r\n'), 'debian login:\n');
  assert.equal(plain('10 %\r20 %\r\n'), '10 %\n20 %\n');
  assert.equal(plain('a\x1b]0;title\x07b\x1b]52;c;aGk=\x1b\\c\x1bP+q\x1b\\d\x1b(Be'), 'abcde');
});

test('on a screen colours and the cursor work; questions, titles and the clipboard do not', () => {
  const kept = '\x1b[1;32mgreen\x1b[0m\x1b[2J\x1b[10;5H\x1b[?25l\x1b7\x1b8\r\b';
  assert.equal(screen(kept), kept);
  for (const asks of ['\x1b[6n', '\x1b[c', '\x1b[>c', '\x1b]11;?\x07', '\x1b[18t', '\x1b[5n'])
    assert.equal(screen(`a${asks}b`), 'ab', JSON.stringify(asks));
  for (const does of [
    '\x1b]52;c;aGk=\x07',
    '\x1b]2;title\x1b\\',
    '\x1bPq#0\x1b\\',
    '\x1bc',
    '\x9b6n',
  ])
    assert.doesNotMatch(screen(`a${does}b`), /\p{Cc}/u, JSON.stringify(does));
});

const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '\x1b',
      '[',
      ']',
      'P',
      '\x07',
      '\\',
      '?',
      '6',
      'n',
      ';',
      'm',
      '\r',
      '\n',
      '\x9b',
      '\x18',
      '\u202e',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
});

test('nothing that commands a terminal is left in plain text, whatever the guest sends', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      assert.doesNotMatch(plain(text), /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/u);
    }),
  );
});

test('on a screen nothing is left but the sequences that draw', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const passed = screen(text).replaceAll('\x1b', 'ESC');
      const drawn = passed
        .replace(/ESC(?:[78DEM=>]|\[\??[0-9;:]*[A-Za-z@`])/gu, '')
        .replaceAll('\x07', '')
        .replaceAll('\b', '');
      assert.doesNotMatch(drawn, /[^\P{Cc}\n\t\r]/u);
      assert.doesNotMatch(passed, /ESC\[[?0-9;:]*[cntpqxyw]/u);
    }),
  );
});

test('how the stream is cut makes no difference', () => {
  fc.assert(
    fc.property(hostile, fc.nat(20), (text, at) => {
      for (const mode of ['plain', 'screen'] as const) {
        const cut = new ConsoleFilter(mode);
        assert.equal(
          cut.push(text.slice(0, at)) + cut.push(text.slice(at)),
          new ConsoleFilter(mode).push(text.slice(0, at) + text.slice(at)),
        );
      }
    }),
  );
});
