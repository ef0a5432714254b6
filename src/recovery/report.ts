// The findings in plain words, for a screen of 80 columns.

import { attemptsOf, entryName, isExhausted } from '../boot/index.ts';
import type { Findings, Slot } from './findings.ts';
import type { Why } from './why.ts';

const sentences: Readonly<Record<Why, string>> = {
  'no-try-left':
    'No version of RayOS has a try left: each failed to become golden three times in a row.',
  asked: 'Recovery was chosen in the boot menu; a version of RayOS can still be started.',
  'system-broken':
    'The system cannot be started: the boot loader could not load it, or it is damaged or missing.',
  'state-broken': 'The state of this machine cannot be mounted, and RayOS does not run without it.',
  unknown:
    'Why recovery was started is not known. Perhaps the firmware passed the boot loader by; to reboot may be enough.',
};

const slotWords: Readonly<Record<Slot['state'], string>> = {
  empty: 'empty',
  present: 'present, not read through',
  damaged: 'damaged',
  missing: 'missing',
};

/** The sentence for why recovery runs. */
export const sentenceOf = (why: Why): string => sentences[why];

/** Why, and what was decided, in a length that one line of a log can hold. */
export const reasonOf = ({ why, decision }: Findings): string =>
  `${sentences[why]} ${decision.reason}`.slice(0, 280);

/** All that was found: why, the decision, what is damaged, and the newest boots. */
export function reportOf({ why, decision, entries, slots, troubles }: Findings): string[] {
  return [
    sentenceOf(why),
    decision.reason,
    '',
    ...entries.map((entry) => {
      const { tries } = entry;
      const count = tries === undefined ? 'not counted' : `${tries.left} tries left`;
      return `Entry ${entryName(entry)}: ${isExhausted(entry) ? 'no try left' : count}`;
    }),
    ...slots.map(
      ({ name, version, state }) =>
        `Slot ${name}: ${slotWords[state]}${version ? `, version ${version}` : ''}`,
    ),
    ...troubles,
  ];
}

/** The newest boots, newest last: when, which version, how far it came and how it ended. */
export function bootsOf({ records }: Pick<Findings, 'records'>, most = 15): string[] {
  const attempts = attemptsOf(records);
  if (attempts.length === 0) return ['No boot has been recorded.'];
  return attempts.slice(-most).map(({ bootId, version, reached, end }) => {
    const time = records.find((record) => record.bootId === bootId)?.time ?? '';
    const reason = records.findLast((record) => record.bootId === bootId)?.reason;
    return `${time}  ${version}  ${reached ?? 'nothing'}, ${end}${reason ? `: ${reason}` : ''}`;
  });
}
