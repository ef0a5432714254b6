// The menu on a console. What destroys something asks for a word to be typed; an empty answer, and anything
// else, changes nothing.

import { join } from 'node:path';
import { type BootEntry, bless, entryName } from '../boot/index.ts';
import type { Run } from './command.ts';
import { type Findings, places } from './findings.ts';
import { bootsOf, reportOf, sentenceOf } from './report.ts';
import { checkState, type Outcome, renewState, repairState } from './state.ts';

export type Terminal = {
  say(text: string): void;
  /** One line; undefined when the terminal has gone. */
  ask(question: string): Promise<string | undefined>;
};

export type Surroundings = {
  readonly run: Run;
  readonly device: (label: 'esp' | 'rayos-state') => string | undefined;
  /** What was found when recovery started. */
  readonly found: Findings;
  /** Looks again: what was done may have changed it. */
  readonly look: () => Findings;
};

type Item = {
  readonly text: string;
  readonly changes?: true;
  readonly choose: (terminal: Terminal, around: Surroundings, found: Findings) => Promise<void>;
};

const items: readonly Item[] = [
  {
    text: 'Why am I here?',
    choose: async (terminal, _, found) => terminal.say(reportOf(found).join('\n')),
  },
  {
    text: 'List the last boots',
    choose: async (terminal, _, found) => terminal.say(bootsOf(found).join('\n')),
  },
  {
    text: 'Check the state (changes nothing)',
    choose: async (terminal, { run, device }) =>
      withState(terminal, device, (partition) => {
        terminal.say('This reads all of it, and may take minutes.');
        return checkState(run, partition);
      }),
  },
  {
    text: 'Repair the state',
    changes: true,
    choose: async (terminal, { run, device }) => {
      terminal.say('This writes to the state. Files that are damaged may be lost.');
      if (!(await typed(terminal, 'repair'))) return;
      withState(terminal, device, (partition) =>
        repairState(run, partition, places.state, (name) => terminal.say(`Trying ${name}.`)),
      );
    },
  },
  {
    text: 'Make the state anew (erases settings and guests)',
    changes: true,
    choose: async (terminal, { run, device }) => {
      terminal.say('Everything in the state is erased: settings, guests and their disks.');
      if (!(await typed(terminal, 'erase'))) return;
      withState(terminal, device, (partition) => renewState(run, partition, places.state));
    },
  },
  { text: 'Give a version its tries again', changes: true, choose: giveTries },
  {
    text: 'Reboot',
    choose: async (_, { run }) => void run('systemctl', ['--no-block', 'reboot']),
  },
  {
    text: 'Power off',
    choose: async (_, { run }) => void run('systemctl', ['--no-block', 'poweroff']),
  },
];

/** Shows the menu until the terminal goes. */
export async function showMenu(terminal: Terminal, around: Surroundings): Promise<void> {
  let { found } = around;
  for (;;) {
    terminal.say(`\nRayOS recovery. ${sentenceOf(found.why)}\n`);
    terminal.say(items.map(({ text }, i) => `  ${i + 1}  ${text}`).join('\n'));
    const answer = await terminal.ask('\nrecovery> ');
    if (answer === undefined) return;
    const item = /^[1-9]$/.test(answer.trim()) ? items[Number(answer.trim()) - 1] : undefined;
    if (item === undefined) continue;
    await item.choose(terminal, around, found);
    if (item.changes) found = around.look();
  }
}

async function giveTries(terminal: Terminal, around: Surroundings, found: Findings) {
  const versions = found.entries.filter(({ kind, tries }) => kind === 'system' && tries);
  if (versions.length === 0) return terminal.say('There is no counted version.');
  terminal.say(versions.map((entry, i) => `  ${i + 1}  ${entryName(entry)}`).join('\n'));
  const answer = await terminal.ask('Which one (empty: none)? ');
  const entry = versions[Number(answer?.trim() || 0) - 1];
  if (entry === undefined) return terminal.say('Nothing was changed.');
  const { isWell, words } = withEspWritable(around, () => give(entry));
  terminal.say(isWell ? `${words} It is started next.` : words);
}

function give(entry: BootEntry): Outcome {
  try {
    return { isWell: true, words: `The entry is ${bless(join(places.efi, 'EFI/Linux'), entry)}.` };
  } catch (thrown) {
    return { isWell: false, words: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

/** Mounted anew and not remounted: vfat refuses that with some of its own options. */
function withEspWritable({ run, device }: Surroundings, work: () => Outcome): Outcome {
  const esp = device('esp');
  if (esp === undefined) return { isWell: false, words: 'The ESP was not found on this disk.' };
  const mount = (options: string) => {
    run('umount', [places.efi]);
    return run('mount', ['-t', 'vfat', '-o', `${options},nosuid,nodev,noexec`, esp, places.efi]);
  };
  const writable = mount('rw,dirsync');
  const outcome = writable.isWell
    ? work()
    : { isWell: false, words: `The ESP cannot be written: ${writable.output}` };
  run('sync', []);
  mount('ro');
  return outcome;
}

function withState(
  terminal: Terminal,
  device: Surroundings['device'],
  work: (partition: string) => Outcome,
): void {
  const partition = device('rayos-state');
  terminal.say(
    partition === undefined
      ? 'The state partition was not found on this disk.'
      : work(partition).words,
  );
}

async function typed(terminal: Terminal, word: string): Promise<boolean> {
  const answer = await terminal.ask(`Type ${word} to go on (anything else: nothing is changed): `);
  if (answer?.trim() === word) return true;
  terminal.say('Nothing was changed.');
  return false;
}
