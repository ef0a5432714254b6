import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ConsoleFilter } from './filter.ts';

const hostile = fc.string({
  unit: fc.constantFrom(
    ...'\x1b[]P_^X\\?;0125mhlHJcnt\x07\x18\x9b\x9d\x9c\x90\r\n\t\b\u202eaé漢😀'.split(''),
  ),
});

test('plain text has no control characters but line ends and tabs, however it is cut', () => {
  fc.assert(
    fc.property(fc.array(hostile), (pieces) => {
      const filter = new ConsoleFilter('plain');
      const shown = pieces.map((piece) => filter.push(piece)).join('');
      assert.doesNotMatch(shown, /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/u);
      assert.equal(new ConsoleFilter('plain').push(pieces.join('')), shown);
    }),
  );
  const boot = '\x1b[1;32mok\x1b[0m\r\n\x1b]0;a title\x07done\r\n';
  assert.equal(new ConsoleFilter('plain').push(boot), 'ok\ndone\n');
});

test('on a screen what draws passes, and what commands the terminal does not', () => {
  const passes = (text: string) => new ConsoleFilter('screen').push(text);
  for (const text of [
    '\x1b[1;32m',
    '\x1b[2J\x1b[H',
    '\x1b[?25l',
    '\x1b[10;20Hx',
    '\x1b7\x1b8',
    '\r\n',
  ])
    assert.equal(passes(text), text);
  for (const text of [
    '\x1b]52;c;aGVsbG8=\x07', // writes the clipboard
    '\x1b]0;title\x1b\\',
    '\x1bP$qm\x1b\\',
    '\x1b_Gi=1\x1b\\',
    '\x1b[6n', // asks for an answer, which would be typed
    '\x1b[c',
    '\x1b[21t',
    '\x1b[?1000h', // reports the mouse
    '\x1b[?2004h',
    '\x1bc',
    '\u009d52;c;eA==\u009c',
  ])
    assert.equal(passes(`${text}.`), '.', JSON.stringify(text));
});

test('whatever is written, a sequence that passes is one that draws', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const shown = new ConsoleFilter('screen').push(text);
      const rest = shown
        .replaceAll('\x1b', '␛')
        .replace(/␛\[[\d;]*[ABCDEFGHJKLMPSTX@dfmr]|␛\[\?(?:7|25|1049)[hl]|␛[78DEM]/g, '')
        .replaceAll('\x07', '')
        .replace(/[\r\n\t\b]/g, '');
      assert.doesNotMatch(rest, /␛/);
      assert.doesNotMatch(rest, /\p{Cc}/u);
    }),
  );
});
