import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ConsoleFilter } from './console-filter.ts';

const bytes = fc.string({
  unit: fc.constantFrom(
    ...'\x1b[]P_^X\\?>$;:01259mhlHJcnstu\x07\x18\x9b\x9d\x9c\r\n\t\b\u202eaé漢😀',
  ),
});

test('of modes only those pass that leaving sets back', () => {
  const screen = (text: string) => new ConsoleFilter('screen').push(text);
  for (const text of ['\x1b[?25l', '\x1b[?1049h', '\x1b[?1h', '\x1b[4h'])
    assert.equal(screen(text), text);
  for (const text of [
    '\x1b[2h', // locks the keyboard
    '\x1b[12l', // local echo
    '\x1b[?1000h', // reports the mouse
    '\x1b[?1004h', // reports the focus
    '\x1b[?25;1000h',
    '\x1b[?u', // asks for the keyboard's protocol
    '\x1b[?25s',
    '\x1b[?69r',
    '\x1b[6n',
    '\x1b[c',
  ])
    assert.equal(screen(`${text}.`), '.', JSON.stringify(text));
});

test('whatever a guest writes, however it is cut, what passes is text, drawing, and those modes', () => {
  fc.assert(
    fc.property(fc.array(bytes), (pieces) => {
      const filter = new ConsoleFilter('screen');
      const shown = pieces.map((piece) => filter.push(piece)).join('');
      assert.equal(new ConsoleFilter('screen').push(pieces.join('')), shown);
      const rest = shown
        .replaceAll('\x1b', '␛')
        .replaceAll('\x07', '')
        .replace(/␛\[(?:[\d;:]*[A-HJ-MPSTXZ@`abdefgmrsu]|(?:\?[\d]+|4)[hl])|␛[78DEM=>]/g, '')
        .replace(/[\r\n\t\b]/g, '');
      assert.doesNotMatch(rest, /␛|\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
      const plain = new ConsoleFilter('plain').push(pieces.join(''));
      assert.doesNotMatch(plain, /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/u);
    }),
  );
});
