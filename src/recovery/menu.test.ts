import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide } from '../boot/index.ts';
import type { Ran, Run } from './command.ts';
import type { Findings } from './findings.ts';
import { showMenu } from './menu.ts';

const entries = [{ kind: 'system', version: '1', tries: { left: 0, done: 3 } }] as const;
const found: Findings = {
  why: 'no-try-left',
  decision: decide({
    entries,
    slots: ['1', undefined],
    records: [],
    snapshots: [],
    isPastDeadline: false,
  }),
  entries,
  slots: [
    { name: 'A', version: '1', state: 'whole' },
    { name: 'B', version: undefined, state: 'empty' },
  ],
  records: [],
  troubles: [],
};

/** A person who types these lines and then goes; programs that end as `ends` says. */
async function play(
  lines: readonly string[],
  ends: (program: string, args: readonly string[]) => Ran,
) {
  const said: string[] = [];
  const ran: string[] = [];
  const left = [...lines];
  const run: Run = (program, args) => {
    ran.push([program, ...args].join(' '));
    return ends(program, args);
  };
  await showMenu(
    { say: (text) => void said.push(text), ask: async () => left.shift() },
    { run, found, look: () => found, device: () => '/dev/vda7' },
  );
  return { said: said.join('\n'), ran };
}

const well = (): Ran => ({ isWell: true, output: '' });

test('it says why it runs, with the decision', async () => {
  const { said, ran } = await play(['1'], well);
  assert.match(said, /No version of RayOS has a try left/);
  assert.match(said, /rayos_1\+0-3\.efi: no try left/);
  assert.match(said, /Slot B: empty/);
  assert.deepEqual(ran, []);
});

test('nothing is erased or repaired unless the word was typed', async () => {
  for (const answer of ['', 'y', 'yes', 'ERASE', 'repair it'])
    for (const item of ['4', '5']) {
      const { said, ran } = await play([item, answer], well);
      assert.deepEqual(ran, []);
      assert.match(said, /Nothing was changed/);
    }
});

test('the state is made anew when it was typed, and said to be new only if it mounts', async () => {
  const { said, ran } = await play(['5', 'erase'], well);
  assert.equal(ran[0], 'mkfs.btrfs --force --label rayos-state /dev/vda7');
  assert.match(said, /The state is new and empty/);
  const failed = await play(['5', 'erase'], (program) => ({
    isWell: program !== 'mount',
    output: 'bad superblock',
  }));
  assert.match(failed.said, /does not mount: bad superblock/);
});

test('a repair stops at the first step after which the state mounts', async () => {
  let mended = false;
  const { said, ran } = await play(['4', 'repair'], (program, args) => {
    if (args[1] === 'zero-log') mended = true;
    return { isWell: program !== 'mount' || mended, output: '' };
  });
  assert.match(said, /mounts again, by dropping the log/);
  assert.equal(
    ran.some((command) => command.includes('check')),
    false,
  );
});

test('a state that cannot be mended is said to be so', async () => {
  const { said } = await play(['4', 'repair'], (program) => ({
    isWell: program !== 'mount',
    output: '',
  }));
  assert.match(said, /cannot be mended/);
});

test('an entry is given its tries on an ESP that is writable for that only', async () => {
  const { said, ran } = await play(['6', '1'], well);
  assert.deepEqual(
    ran.filter((command) => command.startsWith('mount ')).map((command) => command.split(' ')[4]),
    ['rw,dirsync,nosuid,nodev,noexec', 'ro,nosuid,nodev,noexec'],
  );
  // There is no such file here, and it is not said that there was.
  assert.match(said, /cannot rename the boot entry/);
});

test('an ESP that cannot be written keeps its entries', async () => {
  const { said } = await play(['6', '1'], (program) => ({
    isWell: program !== 'mount',
    output: 'write-protected',
  }));
  assert.match(said, /The ESP cannot be written: write-protected/);
});

test('anything that is no item shows the menu again', async () => {
  const { ran } = await play(['', '0', '99', 'reboot', '\x1b[A'], well);
  assert.deepEqual(ran, []);
});
