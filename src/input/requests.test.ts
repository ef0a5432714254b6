import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RayError } from '../contracts/index.ts';
import { gestureOfChord } from './chord.ts';
import type { Gesture } from './events.ts';
import { keymap, qnumOf } from './keymap.ts';
import { gesturesOf } from './requests.ts';
import { gesturesOfText } from './text.ts';
import { strokeOf, typeableCharacters } from './us-layout.ts';

const down = (gesture: Gesture) =>
  gesture.flatMap((event) => (event.kind === 'key' && event.down ? [event.qnum] : []));
const codes = (...names: string[]) => names.map(qnumOf);

test('chords are read as people write them', () => {
  const cases: readonly (readonly [string, string[]])[] = [
    ['ctrl+l', ['ControlLeft', 'KeyL']],
    ['Ctrl + Alt + Delete', ['ControlLeft', 'AltLeft', 'Delete']],
    ['alt+f4', ['AltLeft', 'F4']],
    ['enter', ['Enter']],
    ['KeyA', ['KeyA']],
    ['super', ['MetaLeft']],
    ['A', ['KeyA']],
    ['?', ['ShiftLeft', 'Slash']],
    ['page up', ['PageUp']],
    ['+', ['NumpadAdd']],
    ['ctrl++', ['ControlLeft', 'NumpadAdd']],
    ['ctrl+-', ['ControlLeft', 'Minus']],
    ['shift+shift+a', ['ShiftLeft', 'KeyA']],
  ];
  for (const [text, names] of cases)
    assert.deepEqual(down(gestureOfChord(text)), codes(...names), text);
});

test('a chord goes up in the opposite order', () => {
  const [ctrl, l] = codes('ControlLeft', 'KeyL');
  assert.deepEqual(gestureOfChord('ctrl+l'), [
    { kind: 'key', qnum: ctrl, down: true },
    { kind: 'key', qnum: l, down: true },
    { kind: 'key', qnum: l, down: false },
    { kind: 'key', qnum: ctrl, down: false },
  ]);
});

test('a name that is no key is refused in words', () => {
  for (const text of ['', 'ctrl+', 'ctrl+foo', 'nosuchkey', '++ +', 'a+b+c+d+e+f+g', 'é']) {
    assert.throws(
      () => gestureOfChord(text),
      (e) => e instanceof RayError && e.code === 'KEY_UNKNOWN',
      text,
    );
  }
});

test('every code is a chord of its own', () => {
  for (const [code, qnum] of keymap) assert.deepEqual(down(gestureOfChord(code)), [qnum], code);
});

test('text becomes strokes that type it again', () => {
  const written = new Map(
    typeableCharacters.map((character) => {
      const stroke = strokeOf(character);
      return [`${qnumOf(stroke?.code ?? '')} ${stroke?.shift}`, character];
    }),
  );
  assert.equal(written.size, 97, 'no two characters share a stroke: 95 of ASCII, Enter and Tab');
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...typeableCharacters)), (characters) => {
      let shift = false;
      let text = '';
      for (const event of gesturesOfText(characters.join('')).flat()) {
        if (event.kind !== 'key') throw new Error('only keys type text');
        if (event.qnum === qnumOf('ShiftLeft')) shift = event.down;
        else if (event.down) text += written.get(`${event.qnum} ${shift}`);
      }
      assert.equal(text, characters.join(''));
      assert.equal(shift, false);
    }),
  );
});

test('a character that the layout lacks is named, and nothing is typed', () => {
  assert.throws(() => gesturesOfText('naïve'), /"ï" \(U\+00EF\) cannot be typed on a US keyboard/);
  assert.throws(() => gesturesOfText('a🎉'), /"🎉" \(U\+1F389\)/);
  assert.throws(() => gesturesOfText('a\u0007'), /the character U\+0007/);
});

test('a line end is one Enter, however it is written', () => {
  assert.deepEqual(
    gesturesOfText('a\r\nb\rc\n').flatMap(down),
    codes('KeyA', 'Enter', 'KeyB', 'Enter', 'KeyC', 'Enter'),
  );
});

test('a click at a place moves there first, in the same gesture', () => {
  assert.deepEqual(gesturesOf({ kind: 'click', x: 3, y: 4, button: 'right', count: 2 }), [
    [
      { kind: 'pointer', x: 3, y: 4 },
      { kind: 'button', button: 2, down: true },
      { kind: 'button', button: 2, down: false },
      { kind: 'button', button: 2, down: true },
      { kind: 'button', button: 2, down: false },
    ],
  ]);
  assert.equal(gesturesOf({ kind: 'click' })[0]?.length, 2);
});
