// What a person and a script may rely on, shown on the real `rayos` process.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RayError } from '../contracts/index.ts';
import { linux, startDaemon } from './testing/daemon.ts';
import { rayos } from './testing/rayos.ts';

const presented = {
  guest: linux,
  surface: 'linux-desktop.0',
  width: 1280,
  height: 800,
  viewers: 1,
  firstFrameAfterMs: 412,
};
test('a command tells its observed result in words, or as exactly one JSON value', async () => {
  await using daemon = await startDaemon({ 'guest.present': () => presented });
  const said = await rayos(['guest', 'present', 'linux desktop'], daemon.env);
  assert.equal(
    said.out,
    'Linux desktop is on screen: 1280×800, first picture after 412 ms, 1 window shows it.\n',
  );
  assert.deepEqual(daemon.calls[0], {
    command: 'guest.present',
    arguments: { guest: 'linux desktop' },
  });
  const json = await rayos(['--json', 'guest', 'present', 'linux'], daemon.env);
  assert.deepEqual(JSON.parse(json.out), { result: presented });
  assert.deepEqual([said.code, json.code, json.err], [0, 0, '']);
});

test('a list is a table with aligned columns, without colours where there is no terminal', async () => {
  await using daemon = await startDaemon();
  const { out } = await rayos(['guest', 'list'], daemon.env);
  const [heading = '', row = ''] = out.split('\n');
  assert.equal(heading.indexOf('TITLE'), row.indexOf('Linux desktop'));
  assert.ok(!out.includes('\x1b'));
});

test('words of several letters reach the daemon as one guest', async () => {
  await using daemon = await startDaemon({ 'guest.present': () => presented });
  await rayos(['guest', 'present', 'linux', 'desktop'], daemon.env);
  assert.deepEqual(daemon.calls.at(-1)?.arguments, { guest: 'linux desktop' });
});

for (const words of [
  ['show linux desktop'],
  ['show', 'linux', 'desktop'],
  ['please', 'show', 'linux'],
])
  test(`a sentence runs what it means: ${JSON.stringify(words)}`, async () => {
    await using daemon = await startDaemon({ 'guest.present': () => presented });
    const { code, out, err } = await rayos(words, daemon.env);
    assert.equal(code, 0);
    assert.match(out, /^Linux desktop is on screen/);
    assert.equal(err, '→ rayos guest present linux-desktop\n');
  });

test('a sentence as JSON says what was understood, beside the result', async () => {
  await using daemon = await startDaemon({ 'guest.present': () => presented });
  const { out } = await rayos(['--json', 'show linux desktop'], daemon.env);
  assert.deepEqual(JSON.parse(out), {
    understood: { command: 'guest.present', arguments: { guest: 'linux-desktop' } },
    result: presented,
  });
});

test('typed text arrives as it was given, with words and with quotes', async () => {
  const sent = { guest: 'linux-desktop', events: 10 };
  await using daemon = await startDaemon({ 'input.type': () => sent });
  const typed = async (...words: string[]) => {
    assert.equal((await rayos(words, daemon.env)).code, 0);
    return daemon.calls.at(-1)?.arguments;
  };
  assert.deepEqual(await typed('type', 'Hello  World'), { text: 'Hello  World' });
  assert.deepEqual(await typed('type', 'hello', 'you'), { text: 'hello you' });
  assert.deepEqual(await typed('type', 'ls', '--guest', 'linux'), { text: 'ls', guest: 'linux' });
  assert.deepEqual(await typed('type', '--', '--json'), { text: '--json' });
  assert.deepEqual(await typed('type', 'ls', 'into', 'linux'), {
    text: 'ls',
    guest: 'linux-desktop',
  });
});

test('errors say what happened and what to do next, with the exit code of their kind', async () => {
  await using daemon = await startDaemon({
    'guest.start': () => {
      throw new RayError('GUEST_UNKNOWN', 'there is no guest "x"', { known: 'linux-desktop' });
    },
    'guest.stop': () => {
      throw new RayError('POLICY_DENIED', 'policy says no', { policyFile: '/p' });
    },
    'hypervisor.probe': () => {
      throw new RayError('QEMU_MISSING', 'there is no QEMU', { packages: 'qemu' });
    },
  });
  const unknown = await rayos(['guest', 'start', 'x'], daemon.env);
  assert.equal(unknown.err, 'rayos: there is no guest "x".\nKnown guests: linux-desktop.\n');
  assert.deepEqual([unknown.code, unknown.out], [1, '']);
  assert.equal((await rayos(['guest', 'stop', 'x'], daemon.env)).code, 3);
  assert.equal((await rayos(['probe'], daemon.env)).code, 5);
  const json = await rayos(['guest', 'start', 'x', '--json'], daemon.env);
  assert.equal(JSON.parse(json.out).error.code, 'GUEST_UNKNOWN');
  assert.equal(json.code, 1);
});

test('wrong usage is refused before anything is asked, with a suggestion', async () => {
  await using daemon = await startDaemon();
  const cases: readonly (readonly [string[], RegExp])[] = [
    [['stauts'], /no command "stauts"; did you mean rayos status/],
    [['guest', 'lst'], /did you mean rayos guest list/],
    [['gust', 'list'], /did you mean rayos guest list/],
    [['guest', 'start'], /guest start needs GUEST/],
    [['guest', 'create', 'x', '--cpus', 'two'], /CPUS is a whole number, not "two"/],
    [['guest', 'create', 'x', '--cpus=900'], /CPUS has to be from 1 to 255/],
    [['guest', 'create', 'x', '--memmory-mib', '9'], /did you mean --memory-mib/],
    [['click', '1', '2', '--button', 'top'], /one of left, middle, right/],
    [['click', '1', '2', '3'], /click takes 2 words, and got 3/],
    [['markers', '--since'], /--since needs a value/],
    [['completion', 'tcsh'], /bash, zsh, fish/],
    [['--what'], /no command "--what"/],
  ];
  for (const [words, complaint] of cases) {
    const { code, err } = await rayos(words, daemon.env);
    assert.equal(code, 2, words.join(' '));
    assert.match(err, complaint);
  }
  assert.ok(daemon.calls.every(({ command }) => command === 'intent.resolve'));
});

test('a sentence that nobody understands gets the nearest ones', async () => {
  await using daemon = await startDaemon();
  const { code, err } = await rayos(['shwo linux desktop'], daemon.env);
  assert.equal(code, 2);
  assert.match(err, /"show linux desktop"/);
});

test('without rayosd it says so, and how to start it', async () => {
  const nowhere = { RAYOS_STATE: '/nonexistent', RAYOS_RUNTIME: '/nonexistent' };
  for (const words of [['status'], ['show linux desktop'], ['markers', '--follow']]) {
    const { code, err } = await rayos(words, nowhere);
    assert.equal(code, 1);
    assert.equal(
      err,
      'rayos: RayOS is not running here.\nStart RayOS with `npm start`, then run this again.\n',
    );
  }
});

test('rayosd that ends in the middle, or is not RayOS, is told in words', async () => {
  await using daemon = await startDaemon({
    'guest.start': () => daemon.stop().then(() => new Promise(() => {})),
    'guest.stop': () => undefined,
  });
  assert.match(
    (await rayos(['guest', 'stop', 'x'], daemon.env)).err,
    /no error of RayOS|not RayOS/,
  );
  const gone = await rayos(['guest', 'start', 'x'], daemon.env);
  assert.match(gone.err, /stopped before it answered/);
  assert.equal(gone.code, 1);
});

test('text from a guest cannot command the terminal', async () => {
  await using daemon = await startDaemon({
    'guest.list': () => ({ guests: [{ ...linux, title: 'evil\x1b]0;x\x07\u202e' }] }),
  });
  const { out } = await rayos(['guest', 'list'], daemon.env);
  assert.match(out, /evil\ufffd\]0;x\ufffd\ufffd/);
});
