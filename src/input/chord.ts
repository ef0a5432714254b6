// Keys as people write them: 'ctrl+l', 'alt+f4', 'enter', 'KeyA', 'super', 'page up'.

import { RayError } from '../contracts/errors.ts';
import type { Gesture, InputEvent } from './events.ts';
import { keymap, qnumOf } from './keymap.ts';
import { strokeOf } from './us-layout.ts';

/** Common names that are no codes, without spaces and in small letters. */
const names: Readonly<Record<string, string>> = {
  ctrl: 'ControlLeft',
  control: 'ControlLeft',
  shift: 'ShiftLeft',
  alt: 'AltLeft',
  option: 'AltLeft',
  altgr: 'AltRight',
  super: 'MetaLeft',
  meta: 'MetaLeft',
  win: 'MetaLeft',
  windows: 'MetaLeft',
  cmd: 'MetaLeft',
  command: 'MetaLeft',
  menu: 'ContextMenu',
  return: 'Enter',
  esc: 'Escape',
  del: 'Delete',
  ins: 'Insert',
  pgup: 'PageUp',
  pgdn: 'PageDown',
  pgdown: 'PageDown',
  up: 'ArrowUp',
  down: 'ArrowDown',
  left: 'ArrowLeft',
  right: 'ArrowRight',
  print: 'PrintScreen',
  prtsc: 'PrintScreen',
  sysrq: 'PrintScreen',
  break: 'Pause',
  spacebar: 'Space',
  plus: 'NumpadAdd',
  volumeup: 'AudioVolumeUp',
  volumedown: 'AudioVolumeDown',
  mute: 'AudioVolumeMute',
  play: 'MediaPlayPause',
};

const codesInSmallLetters = new Map([...keymap.keys()].map((code) => [code.toLowerCase(), code]));
const maxKeys = 6;

/**
 * A chord as one gesture: keys go down in the order written and up in the opposite one. A single
 * character stands for its key on a US keyboard. Throws KEY_UNKNOWN for a name that is no key.
 */
export function gestureOfChord(text: string): Gesture {
  // In 'ctrl++' and '+' the last plus is the key.
  const parts = text
    .trim()
    .replace(/(^|\+)\s*\+$/, '$1plus')
    .split('+');
  if (parts.length > maxKeys)
    throw new RayError('KEY_UNKNOWN', `a chord has at most ${maxKeys} keys`);
  const qnums = [...new Set(parts.flatMap(keysOf))];
  const press = qnums.map((qnum): InputEvent => ({ kind: 'key', qnum, down: true }));
  const release = qnums.map((qnum): InputEvent => ({ kind: 'key', qnum, down: false })).reverse();
  return [...press, ...release];
}

function keysOf(part: string): number[] {
  const written = part.trim();
  const small = written.toLowerCase().replace(/[\s_]/g, '');
  const code = names[small] ?? codesInSmallLetters.get(small);
  const stroke = code === undefined ? strokeOf(small) : { code, shift: false };
  const qnum = stroke && qnumOf(stroke.code);
  if (stroke === undefined || qnum === undefined)
    throw new RayError('KEY_UNKNOWN', `there is no key called "${written}"`);
  return stroke.shift ? [qnumOf('ShiftLeft') ?? 0, qnum] : [qnum];
}
