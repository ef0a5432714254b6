// What is seen inside a guest: lines run by its person's shell on the serial console.

import { randomBytes } from 'node:crypto';
import { stripVTControlCharacters } from 'node:util';
import type { TestRayos } from './rayos.ts';

/** Runs a line as the guest's person; what it printed. */
export async function inGuest(rayos: TestRayos, guest: string, line: string): Promise<string> {
  await rayos.serialSays(guest, '❯', 240_000); // what is typed before a login is lost
  const mark = `done-${randomBytes(4).toString('hex')}`;
  const halves = `${mark.slice(0, 8)}''${mark.slice(8)}`;
  await rayos.run('console.write', { guest, text: `${inAscii(line)}\r` });
  await rayos.run('console.write', { guest, text: `echo ${halves}\r` });
  await rayos.serialSays(guest, mark, 60_000);
  const text = await rayos.serial(guest);
  // The shell's line editor turns bracketed paste off before it runs what was typed.
  const parts = text.slice(0, text.lastIndexOf(mark)).split('\x1b[?2004l');
  return stripVTControlCharacters(parts.slice(-2).join(''));
}

/**
 * The same line in ASCII: a line editor that gets the bytes of one character in two parts takes the first for a
 * key with Meta.
 */
function inAscii(line: string): string {
  if (/^[\x20-\x7e]*$/.test(line)) return line;
  return `eval "$(echo ${Buffer.from(line).toString('base64')} | base64 -d)"`;
}
