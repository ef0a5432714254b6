// The decision in plain words: what `rayos boot status` says.

import type { BootFacts, Decision } from './decision.ts';
import { type BootEntry, entryName } from './entry-name.ts';
import { isExhausted } from './entry-order.ts';

/** Sentences for what was decided: what happens now, what failed, what is suspected. */
export function reasonOf(
  { next, now, versions, suspect, goldenSnapshot }: Omit<Decision, 'reason'>,
  { running, slots }: Pick<BootFacts, 'running' | 'slots'>,
): string {
  const sentences = [what(next, now, running)];
  for (const { version, failures, wasGolden, state } of versions) {
    if (state === 'missing')
      sentences.push(`Version ${version} is in a slot, but no entry starts it.`);
    else if (failures > 0)
      sentences.push(
        `Version ${version}, ${wasGolden ? 'which was golden before' : 'which was never golden'}, failed ${failures === 1 ? 'once' : `${failures} times in a row`}${state === 'exhausted' ? ' and has no try left' : ''}.`,
      );
    else if (state === 'exhausted') sentences.push(`Version ${version} has no try left.`);
  }
  if (now === 'recovery' && slots.includes(undefined))
    sentences.push(
      slots.every((slot) => slot === undefined)
        ? 'Both slots are empty.'
        : 'The other slot is empty, so there is no version to fall back to.',
    );
  if (suspect === 'image') sentences.push('The image is suspected.');
  if (suspect === 'state')
    sentences.push(
      `The state is suspected, since the image is the one that was golden${goldenSnapshot === undefined ? '; there is no golden snapshot of the state' : `; its last golden snapshot is ${goldenSnapshot}`}.`,
    );
  return sentences.join(' ');
}

function what(
  next: BootEntry | undefined,
  now: Decision['now'],
  running: BootFacts['running'],
): string {
  const then = next === undefined ? 'nothing' : named(next);
  switch (now) {
    case 'nothing-to-start':
      return 'There is no entry to start: the firmware tries its next one.';
    case 'reboot':
      return `Version ${running?.version} has not become golden in time, so it reboots; ${then} is started next.`;
    case 'recovery':
      return running === undefined
        ? 'Recovery is started next, since no version has a try left.'
        : `Recovery runs; ${then} is started next.`;
    case 'run':
      if (running !== undefined) return `Version ${running.version} runs; ${then} is started next.`;
      return next !== undefined && isExhausted(next)
        ? `${then} is started next although it has no try left, since there is nothing else.`
        : `${then} is started next.`;
  }
}

const named = (entry: BootEntry) =>
  entry.kind === 'recovery' ? 'recovery' : `version ${entry.version} (${entryName(entry)})`;
