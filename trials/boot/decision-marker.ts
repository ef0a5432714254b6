// What a machine says of why it boots what it boots.

import type { TestMachine, WaitOptions } from '../machine/machine.ts';

const marker = /^BOOT_MARKER:DECISION:(.*)$/;

/** The next decision whose sentence matches, in plain words. */
export async function decisionOf(
  machine: TestMachine,
  wanted: RegExp,
  options: WaitOptions,
): Promise<string> {
  for (;;) {
    const line = await machine.marker(marker, options);
    const said = inWords(marker.exec(line.marker ?? '')?.[1] ?? '');
    if (wanted.test(said)) return said;
  }
}

/** An argument of a marker as a person would read it: a marker has no spaces, so they stand there as `_`. */
export function inWords(argument: string): string {
  return decodeURIComponent(argument).replaceAll('_', ' ');
}
