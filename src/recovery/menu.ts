// The menu on a console. What destroys something asks for a word to be typed; an empty answer, and anything
// else, changes nothing. There is one on each console, and only one of them is at work on the disk.

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
  /** Taken for work on the disk; undefined while another menu holds it. */
  readonly lock: () => Disposable | undefined;
};

type Item = {
  readonly text: string;
  /** Resolves to what was found after work on the disk. */
  readonly choose: (
    terminal: Terminal,
    around: Surroundings,
    found: Findings,
  ) => Promise<Findings | undefined>;
};

const items: readonly Item[] = [
  {
    text: 'Why am I here?',
    choose: async (terminal, _, found) => void terminal.say(reportOf(found).join('\n')),
  },
  {
    text: 'List the last boots',
    choose: async (terminal, _, found) => void terminal.say(bootsOf(found).join('\n')),
  },
  {
    text: 'Check the state (changes nothing)',
    choose: async (terminal, around) =>
      withState(terminal, around, (partition) => {
        terminal.say('This reads all of it, and may take minutes.');
        return checkState(around.run, partition);
      }),
  },
  {
    text: 'Repair the state',
    choose: async (terminal, around) => {
      terminal.say('This writes to the state. Files that are damaged may be lost.');
      terminal.say('It may take hours: leave the power on until it has ended.');
      if (!(await typed(terminal, 'repair'))) return;
      return withState(terminal, around, (partition) =>
        repairState(around.run, partition, places.state, (name) => terminal.say(`Trying ${name}.`)),
      );
    },
  },
  {
    text: 'Make the state anew (erases settings and guests)',
    choose: async (terminal, around) => {
      terminal.say('Everything in the state is erased: settings, guests and their disks.');
      if (!(await typed(terminal, 'erase'))) return;
      return withState(terminal, around, (partition) =>
        renewState(around.run, partition, places.state),
      );
    },
  },
  { text: 'Give a version its tries again', choose: giveTries },
  { text: 'Reboot', choose: (terminal, around) => stop(terminal, around, 'reboot') },
  { text: 'Power off', choose: (terminal, around) => stop(terminal, around, 'poweroff') },
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
    found = (await item.choose(terminal, around, found)) ?? found;
  }
}

/** Works on the disk if no other menu does; returns what is found then. */
function onDisk(terminal: Terminal, around: Surroundings, work: () => void): Findings | undefined {
  using lock = around.lock();
  if (lock === undefined) {
    terminal.say(`${otherAtWork} Nothing was changed.`);
    return undefined;
  }
  work();
  return around.look();
}

const otherAtWork = 'The menu on another console is at work on the disk.';

/** To stop the machine ends what the other menu does, such as a repair in its middle: it is asked for. */
async function stop(
  terminal: Terminal,
  { run, lock }: Surroundings,
  how: 'reboot' | 'poweroff',
): Promise<undefined> {
  using free = lock();
  if (free === undefined) {
    terminal.say(`${otherAtWork} What it does would end in its middle.`);
    if (!(await typed(terminal, how))) return;
  }
  run('systemctl', ['--no-block', how]);
}

async function giveTries(terminal: Terminal, around: Surroundings, found: Findings) {
  const versions = found.entries.filter(({ kind, tries }) => kind === 'system' && tries);
  if (versions.length === 0) return void terminal.say('There is no counted version.');
  terminal.say(versions.map((entry, i) => `  ${i + 1}  ${entryName(entry)}`).join('\n'));
  const answer = await terminal.ask('Which one (empty: none)? ');
  const entry = versions[Number(answer?.trim() || 0) - 1];
  if (entry === undefined) return void terminal.say('Nothing was changed.');
  const after = onDisk(terminal, around, () =>
    terminal.say(withEspWritable(around, () => give(entry)).words),
  );
  if (after !== undefined) terminal.say(after.decision.reason);
  return after;
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
  around: Surroundings,
  work: (partition: string) => Outcome,
): Findings | undefined {
  return onDisk(terminal, around, () => {
    const partition = around.device('rayos-state');
    terminal.say(
      partition === undefined
        ? 'The state partition was not found on this disk.'
        : work(partition).words,
    );
  });
}

async function typed(terminal: Terminal, word: string): Promise<boolean> {
  const answer = await terminal.ask(`Type ${word} to go on (anything else: nothing is changed): `);
  if (answer?.trim() === word) return true;
  terminal.say('Nothing was changed.');
  return false;
}
