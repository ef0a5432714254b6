// What a person and a script may rely on, shown on the real `rayos` process.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { RayError } from '../contracts/index.ts';
import { linux, Offer, startDaemon } from './testing/daemon.ts';
import { rayos, spawnRayos } from './testing/rayos.ts';

const presented = {
  guest: linux,
  surface: 'linux-desktop.0',
  width: 1280,
  height: 800,
  viewers: 1,
  firstFrameAfterMs: 412,
};
const plan = {
  command: 'guest.delete',
  summary: 'This deletes Linux desktop and everything it keeps.',
  steps: ['remove its folder', 'this cannot be undone'],
  target: 'linux-desktop',
};
const needsConsent = (_: unknown, consent?: string) => {
  if (consent === undefined) throw new Offer(plan);
  if (consent !== 'token-1') throw new RayError('CONSENT_STALE', 'it no longer fits');
  return { deleted: 'linux-desktop' };
};
const png = Buffer.from('89504e470d0a1a0a0000', 'hex');
const picture = () => ({
  width: 8,
  height: 4,
  mediaType: 'image/png',
  data: png.toString('base64'),
});
const marker = (sequence: number) => ({
  sequence,
  time: '2026-07-03T12:00:00.000Z',
  name: 'GUEST:READY',
  line: `RAYOS_GUEST:READY:linux-desktop:${sequence}`,
  arguments: { guest: 'linux-desktop', milliseconds: sequence },
});

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
    [['guest', 'create', 'x', '--cpus=900'], /CPUS has to be from 1 to 256/],
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

test('consent without a terminal: plan and token, exit 4; with the token it is done', async () => {
  await using daemon = await startDaemon({ 'guest.delete': needsConsent });
  const asked = await rayos(['guest', 'delete', 'linux'], daemon.env);
  assert.equal(asked.code, 4);
  assert.match(asked.err, /This deletes Linux desktop[\s\S]*• remove its folder/);
  assert.match(asked.err, /rayos guest delete linux --consent token-1/);
  const json = JSON.parse((await rayos(['guest', 'delete', 'linux', '--json'], daemon.env)).out);
  assert.deepEqual([json.error.code, json.plan, json.consent], ['CONSENT_NEEDED', plan, 'token-1']);
  assert.equal((await rayos(['guest', 'delete', 'linux', '--yes'], daemon.env)).code, 4);
  const done = await rayos(['guest', 'delete', 'linux', '--consent', 'token-1'], daemon.env);
  assert.deepEqual([done.code, done.out], [0, 'linux-desktop is deleted.\n']);
  assert.equal((await rayos(['guest', 'delete', 'linux', '--consent=old'], daemon.env)).code, 4);
});

test('--yes consents to what needs confirmation only', async () => {
  const killed = { ...linux, state: 'stopped', presented: false };
  await using daemon = await startDaemon({
    'guest.kill': (_, consent) => {
      if (consent === undefined) throw new Offer({ ...plan, command: 'guest.kill' });
      return killed;
    },
  });
  assert.equal((await rayos(['guest', 'kill', 'linux'], daemon.env)).code, 4);
  const done = await rayos(['guest', 'kill', 'linux', '--yes'], daemon.env);
  assert.deepEqual([done.code, done.out], [0, 'Linux desktop has stopped.\n']);
});

test('screenshots are written whole, and never over what is no picture', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-pictures-'));
  await using daemon = await startDaemon({
    'screenshot.guest': picture,
    'screenshot.desktop': picture,
  });
  try {
    const file = join(folder, 'guest.png');
    const taken = await rayos(['screenshot', 'guest', 'linux', file], daemon.env);
    assert.equal(taken.out, `${file}: 8×4, 10 bytes\n`);
    assert.deepEqual(readFileSync(file), png);
    assert.deepEqual(daemon.calls[0]?.arguments, { guest: 'linux' }, 'the file stays here');
    assert.equal((await rayos(['screenshot', 'guest', 'linux', file], daemon.env)).code, 0);

    const letter = join(folder, 'letter.txt');
    writeFileSync(letter, 'Dear Ada');
    const asked = daemon.calls.length;
    const refused = await rayos(['screenshot', 'desktop', letter], daemon.env);
    assert.equal(refused.code, 2);
    assert.match(refused.err, /is no picture.*--force/);
    assert.equal(daemon.calls.length, asked, 'and nothing was asked of RayOS');
    assert.equal(readFileSync(letter, 'utf8'), 'Dear Ada');
    assert.equal((await rayos(['screenshot', 'desktop', letter, '--force'], daemon.env)).code, 0);

    assert.equal((await rayos(['screenshot', 'desktop', folder], daemon.env)).code, 2);
    const nowhere = await rayos(['screenshot', 'desktop', join(folder, 'a/b.png')], daemon.env);
    assert.match(nowhere.err, /cannot write/);

    const unnamed = await rayos(['--json', 'take a screenshot of linux'], daemon.env, folder);
    const { result } = JSON.parse(unnamed.out);
    assert.match(result.file, /^linux-desktop-\d{4}-\d\d-\d\d-\d{6}\.png$/);
    assert.ok(existsSync(join(folder, result.file)));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('markers are lines for programs too, and --follow goes on until Ctrl-C', async () => {
  async function* endless() {
    yield marker(1);
    yield marker(2);
    await new Promise(() => {});
  }
  await using daemon = await startDaemon({
    'log.markers': ({ follow }) =>
      follow
        ? endless()
        : (async function* () {
            yield marker(7);
          })(),
  });
  const once_ = await rayos(['markers'], daemon.env);
  assert.equal(once_.out, 'RAYOS_GUEST:READY:linux-desktop:7\n');
  const json = await rayos(['markers', '--json'], daemon.env);
  assert.deepEqual(JSON.parse(json.out), marker(7));
  const following = spawnRayos(['markers', '--follow'], daemon.env);
  let out = '';
  for await (const chunk of following.stdout ?? []) {
    out += String(chunk);
    if (out.split('\n').length > 2) break;
  }
  following.kill('SIGINT');
  const [code] = await once(following, 'exit');
  assert.equal(code, 0);
  assert.equal(out, 'RAYOS_GUEST:READY:linux-desktop:1\nRAYOS_GUEST:READY:linux-desktop:2\n');
});

test('a reader that goes away ends rayos quietly', async () => {
  await using daemon = await startDaemon({
    'log.markers': async function* () {
      for (let i = 0; ; i++) {
        yield marker(i);
        if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    },
  });
  const following = spawnRayos(['markers', '--follow'], daemon.env);
  await once(following.stdout ?? following, 'data');
  following.stdout?.destroy();
  const [code] = await once(following, 'exit');
  assert.equal(code, 0);
});

test('Ctrl-C stops waiting, and a shell sees that the signal did it', async () => {
  const asked = Promise.withResolvers<void>();
  await using daemon = await startDaemon({
    'guest.start': () => {
      asked.resolve();
      return new Promise(() => {});
    },
  });
  const waiting = spawnRayos(['guest', 'start', 'linux'], daemon.env);
  await asked.promise;
  waiting.kill('SIGINT');
  const [code, signal] = await once(waiting, 'exit');
  assert.deepEqual([code, signal], [null, 'SIGINT']);
});

test('"stopped" is said once nothing answers any more', async () => {
  await using daemon = await startDaemon({
    'system.shutdown': () => {
      setTimeout(() => void daemon.stop(), 700);
      return { stopping: true };
    },
  });
  const started = performance.now();
  const { out } = await rayos(['shutdown'], daemon.env);
  assert.equal(out, 'RayOS has stopped.\n');
  assert.ok(performance.now() - started > 700);
});

test('text from a guest cannot command the terminal', async () => {
  await using daemon = await startDaemon({
    'guest.list': () => ({ guests: [{ ...linux, title: 'evil\x1b]0;x\x07\u202e' }] }),
  });
  const { out } = await rayos(['guest', 'list'], daemon.env);
  assert.match(out, /evil\ufffd\]0;x\ufffd\ufffd/);
});
