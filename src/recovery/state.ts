// What recovery can do to the state partition: look, mend, make anew. The steps of mending go from the
// harmless to the risky, and stop as soon as the state mounts. Each is btrfs's own tool.

import { mkdirSync } from 'node:fs';
import type { Run } from './command.ts';

export type Outcome = { readonly isWell: boolean; readonly words: string };

const hour = 60 * 60 * 1000;

/** Reads all of the filesystem's structures, and writes nothing. */
export function checkState(run: Run, device: string): Outcome {
  const { isWell, output } = run('btrfs', ['check', '--readonly', device], { limitMs: 12 * hour });
  return isWell
    ? { isWell, words: 'The state was checked: no error was found.' }
    : { isWell, words: `The state has errors:\n${lastLines(output)}` };
}

/** Whether it can be mounted for writing, as a version of RayOS does. */
export function mounts(run: Run, device: string, at: string, options = 'rw'): Outcome {
  mkdirSync(at, { recursive: true });
  const { isWell, output } = run('mount', ['-t', 'btrfs', '-o', options, device, at]);
  if (!isWell) return { isWell, words: lastLines(output) };
  run('sync', ['-f', at]);
  run('umount', [at]);
  return { isWell, words: '' };
}

const steps = [
  { name: 'a spare superblock', run: ['btrfs', 'rescue', 'super-recover', '-y'] },
  { name: 'an older root', options: 'rw,rescue=usebackuproot' },
  // Gives up what was written in the last seconds before the power went.
  { name: 'dropping the log of the last seconds', run: ['btrfs', 'rescue', 'zero-log'] },
  { name: 'btrfs check --repair', run: ['btrfs', 'check', '--repair', '--force'] },
] as const;

/** Mends until it mounts. `onStep` is told what is tried. */
export function repairState(
  run: Run,
  device: string,
  at: string,
  onStep: (name: string) => void,
): Outcome {
  if (mounts(run, device, at).isWell)
    return { isWell: true, words: 'The state mounts; nothing was changed.' };
  for (const step of steps) {
    onStep(step.name);
    if ('run' in step) {
      const [program, ...args] = step.run;
      run(program, [...args, device], { limitMs: 12 * hour });
    } else mounts(run, device, at, step.options);
    if (mounts(run, device, at).isWell)
      return { isWell: true, words: `The state mounts again, by ${step.name}.` };
  }
  return {
    isWell: false,
    words: 'The state cannot be mended. It can be made anew: everything in it is lost then.',
  };
}

/** Erases the state. The next boot fills it as the first one did. */
export function renewState(run: Run, device: string, at: string): Outcome {
  const made = run('mkfs.btrfs', ['--force', '--label', 'rayos-state', device]);
  if (!made.isWell)
    return { isWell: false, words: `The state could not be made: ${lastLines(made.output)}` };
  const { isWell, words } = mounts(run, device, at);
  return isWell
    ? { isWell, words: 'The state is new and empty.' }
    : { isWell, words: `The new state does not mount: ${words}` };
}

const lastLines = (text: string) => text.split('\n').slice(-12).join('\n');
