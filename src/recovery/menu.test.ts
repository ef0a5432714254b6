import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide } from '../boot/index.ts';
import type { Ran, Run } from './command.ts';
import type { Findings } from './findings.ts';
import { type Surroundings, showMenu } from './menu.ts';

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
    { name: 'A', version: '1', state: 'present' },
    { name: 'B', version: undefined, state: 'empty' },
  ],
  records: [],
  troubles: [],
};

/** A person who types these lines and then goes; programs that end as `ends` says. */
async function play(
  lines: readonly string[],
  ends: (program: string, args: readonly string[]) => Ran,
  around: Partial<Pick<Surroundings, 'look' | 'lock'>> = {},
) {
  const said: string[] = [];
  const ran: string[] = [];
  const unlimited: string[] = [];
  const left = [...lines];
  const run: Run = (program, args, { limitMs } = {}) => {
    const command = [program, ...args].join(' ');
    ran.push(command);
    if (limitMs === 'none') unlimited.push(command);
    return ends(program, args);
  };
  const free = { [Symbol.dispose]: () => {} };
  await showMenu(
    { say: (text) => void said.push(text), ask: async () => left.shift() },
    { run, found, look: () => found, lock: () => free, device: () => '/dev/vda7', ...around },
  );
  return { said: said.join('\n'), ran, unlimited };
}

const well = (): Ran => ({ isWell: true, output: '' });

test('it says why it runs, with the decision', async () => {
  const { said, ran } = await play(['1'], well);
  assert.match(said, /No version of RayOS has a try left/);
  assert.match(said, /rayos_1\+0-3\.efi: no try left/);
  assert.match(said, /Slot A: present, not read through, version 1/);
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

test('what writes to the state is never stopped by a limit, nor forced upon a mounted state', async () => {
  const broken = (program: string) => ({ isWell: program !== 'mount', output: '' });
  const { unlimited } = await play(['4', 'repair', '5', 'erase'], broken);
  assert.deepEqual(unlimited, [
    'btrfs rescue super-recover -y /dev/vda7',
    'btrfs rescue zero-log /dev/vda7',
    'btrfs check --repair /dev/vda7',
    'mkfs.btrfs --force --label rayos-state /dev/vda7',
  ]);
});

test('a state that is slow to mount is left as it is', async () => {
  const { said, ran } = await play(['4', 'repair'], (program) => ({
    isWell: program !== 'mount',
    output: '',
    isCutOff: program === 'mount',
  }));
  assert.match(said, /not mounted within an hour/);
  assert.equal(
    ran.some((command) => command.startsWith('btrfs')),
    false,
  );
  // The kernel may have mounted it after all.
  assert.equal(ran.at(-1)?.startsWith('umount '), true);
});

test('a check that did not end is not said to have found errors', async () => {
  const { said } = await play(['3'], () => ({ isWell: false, output: '', isCutOff: true }));
  assert.match(said, /did not end/);
  assert.doesNotMatch(said, /has errors/);
});

test('while another menu is at work on the disk, this one is not', async () => {
  const lines = ['3', '4', 'repair', '5', 'erase', '6', '1', '7', '', '8', 'no'];
  const { said, ran } = await play(lines, well, { lock: () => undefined });
  assert.deepEqual(ran, []);
  assert.equal(said.match(/another console is at work/g)?.length, 6);
  const forced = await play(['7', 'reboot'], well, { lock: () => undefined });
  assert.deepEqual(forced.ran, ['systemctl --no-block reboot']);
});

test('the lock is given back after the work', async () => {
  let held = 0;
  const lock = () => {
    held++;
    return { [Symbol.dispose]: () => void held-- };
  };
  const { ran } = await play(['5', 'erase', '4', 'repair', '7'], well, { lock });
  assert.equal(held, 0);
  assert.equal(ran.at(-1), 'systemctl --no-block reboot');
});

test('what is started next is said as it is found afterwards', async () => {
  const reason = 'Recovery runs; version 2 (rayos_2+3.efi) is started next.';
  const after = { ...found, decision: { ...found.decision, reason } };
  const { said } = await play(['6', '1'], well, { look: () => after });
  assert.ok(said.includes(reason));
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
