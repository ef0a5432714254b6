// What recovery can do to the state partition: look, mend, make anew. The steps of mending go from the
// harmless to the risky, and stop as soon as the state mounts. Each is btrfs's own tool. A state that is only
// slow is never taken for one that is broken: where a mount does not end in its time, nothing more is tried.

import { mkdirSync } from 'node:fs';
import type { Ran, Run } from './command.ts';

export type Outcome = { readonly isWell: boolean; readonly words: string };

/** Whether the state can be mounted; `slow`: not known, since it did not end in its time. */
type Mounting =
  | { readonly state: 'mounts' | 'slow' }
  | { readonly state: 'broken'; readonly words: string };

const hour = 60 * 60 * 1000;

/** Reads all of the filesystem's structures, and writes nothing. */
export function checkState(run: Run, device: string): Outcome {
  const { isWell, output, isCutOff } = run('btrfs', ['check', '--readonly', device], {
    limitMs: 12 * hour,
  });
  if (isCutOff) return { isWell, words: 'The check did not end within 12 hours, and was stopped.' };
  return isWell
    ? { isWell, words: 'The state was checked: no error was found.' }
    : { isWell, words: `The state has errors:\n${lastLines(output)}` };
}

/** Whether it can be mounted for writing, as a version of RayOS does. It is not mounted afterwards. */
function tryMount(run: Run, device: string, at: string, options = 'rw'): Mounting {
  mkdirSync(at, { recursive: true });
  const mounted: Ran = run('mount', ['-t', 'btrfs', '-o', options, device, at], { limitMs: hour });
  if (!mounted.isWell && !mounted.isCutOff)
    return { state: 'broken', words: lastLines(mounted.output) };
  if (mounted.isWell) run('sync', ['-f', at], { limitMs: hour });
  // The kernel may have finished what mount was ended for.
  run('umount', [at], { limitMs: hour });
  return { state: mounted.isWell ? 'mounts' : 'slow' };
}

const steps = [
  { name: 'a spare superblock', run: ['btrfs', 'rescue', 'super-recover', '-y'] },
  { name: 'an older root', options: 'rw,rescue=usebackuproot' },
  // Gives up what was written in the last seconds before the power went.
  { name: 'dropping the log of the last seconds', run: ['btrfs', 'rescue', 'zero-log'] },
  { name: 'btrfs check --repair', run: ['btrfs', 'check', '--repair'] },
] as const;

/** Mends until it mounts. `onStep` is told what is tried. */
export function repairState(
  run: Run,
  device: string,
  at: string,
  onStep: (name: string) => void,
): Outcome {
  const before = tryMount(run, device, at);
  if (before.state === 'slow') return tooSlow;
  if (before.state === 'mounts')
    return { isWell: true, words: 'The state mounts; nothing was changed.' };
  for (const step of steps) {
    onStep(step.name);
    if ('options' in step) {
      if (tryMount(run, device, at, step.options).state === 'slow') return tooSlow;
    } else {
      const [program, ...args] = step.run;
      run(program, [...args, device], { limitMs: 'none' });
    }
    const { state } = tryMount(run, device, at);
    if (state === 'slow') return tooSlow;
    if (state === 'mounts')
      return { isWell: true, words: `The state mounts again, by ${step.name}.` };
  }
  return {
    isWell: false,
    words: 'The state cannot be mended. It can be made anew: everything in it is lost then.',
  };
}

const tooSlow: Outcome = {
  isWell: false,
  words: 'The state was not mounted within an hour. It may be whole: nothing more was tried.',
};

/** Erases the state. The next boot fills it as the first one did. */
export function renewState(run: Run, device: string, at: string): Outcome {
  const made = run('mkfs.btrfs', ['--force', '--label', 'rayos-state', device], {
    limitMs: 'none',
  });
  if (!made.isWell)
    return { isWell: false, words: `The state could not be made: ${lastLines(made.output)}` };
  const mounting = tryMount(run, device, at);
  switch (mounting.state) {
    case 'mounts':
      return { isWell: true, words: 'The state is new and empty.' };
    case 'slow':
      return tooSlow;
    case 'broken':
      return { isWell: false, words: `The new state does not mount: ${mounting.words}` };
  }
}

const lastLines = (text: string) => text.split('\n').slice(-12).join('\n');
