import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keymap, qnumOf } from './keymap.ts';

// Scan codes of set 1 as IBM's and Microsoft's tables have them; 0x80 stands for the prefix e0.
const known: Readonly<Record<string, number>> = {
  Escape: 0x01,
  Digit1: 0x02,
  Digit0: 0x0b,
  Equal: 0x0d,
  Backspace: 0x0e,
  Tab: 0x0f,
  KeyQ: 0x10,
  KeyP: 0x19,
  BracketRight: 0x1b,
  Enter: 0x1c,
  ControlLeft: 0x1d,
  KeyA: 0x1e,
  Backquote: 0x29,
  ShiftLeft: 0x2a,
  Backslash: 0x2b,
  KeyZ: 0x2c,
  ShiftRight: 0x36,
  NumpadMultiply: 0x37,
  AltLeft: 0x38,
  Space: 0x39,
  CapsLock: 0x3a,
  F1: 0x3b,
  F10: 0x44,
  NumLock: 0x45,
  ScrollLock: 0x46,
  Numpad7: 0x47,
  NumpadDecimal: 0x53,
  IntlBackslash: 0x56,
  F11: 0x57,
  F12: 0x58,
  IntlRo: 0x73,
  IntlYen: 0x7d,
  KanaMode: 0x70,
  Convert: 0x79,
  NonConvert: 0x7b,
  NumpadComma: 0x7e,
  Lang1: 0x72,
  Lang2: 0x71,
  NumpadEnter: 0x9c,
  ControlRight: 0x9d,
  NumpadDivide: 0xb5,
  AltRight: 0xb8,
  Home: 0xc7,
  ArrowUp: 0xc8,
  PageDown: 0xd1,
  Insert: 0xd2,
  Delete: 0xd3,
  MetaLeft: 0xdb,
  MetaRight: 0xdc,
  ContextMenu: 0xdd,
  AudioVolumeMute: 0xa0,
  AudioVolumeUp: 0xb0,
  MediaPlayPause: 0xa2,
  MediaTrackNext: 0x99,
  BrowserBack: 0xea,
};

test('known keys have the scan codes of set 1', () => {
  for (const [code, qnum] of Object.entries(known)) assert.equal(qnumOf(code), qnum, code);
});

test('every number is one byte, and only platform aliases share one', () => {
  const aliases = new Set([
    'OSLeft',
    'OSRight',
    'VolumeMute',
    'VolumeDown',
    'VolumeUp',
    'Lang3',
    'Lang4',
  ]);
  const own = [...keymap].filter(([code]) => !aliases.has(code));
  for (const [code, qnum] of own) assert.ok(qnum > 0 && qnum <= 0xff, code);
  assert.equal(new Set(own.map(([, qnum]) => qnum)).size, own.length);
});

test('what is no key of a PC keyboard has no number', () => {
  for (const code of ['', 'Fn', 'toString', '__proto__', 'keya'])
    assert.equal(qnumOf(code), undefined);
});
