// The prompt and the questions, on a real terminal.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { commands, RayError } from '../contracts/index.ts';
import { completeLine } from './prompt/complete-line.ts';
import { rowsOf } from './rows.ts';
import { linux, Offer, startDaemon } from './testing/daemon.ts';
import { rayosOnTerminal } from './testing/rayos.ts';

const plan = {
  command: 'guest.delete',
  summary: 'This deletes Linux desktop.',
  steps: ['remove its folder'],
  target: 'linux-desktop',
};
const consented = (_: unknown, consent?: string) => {
  if (consent === undefined) throw new Offer(plan);
  return { deleted: 'linux-desktop' };
};
const presented = {
  guest: linux,
  surface: 's',
  width: 1280,
  height: 800,
  viewers: 2,
  firstFrameAfterMs: 1412,
};
const sent = { guest: 'linux-desktop', events: 2 };
const ready = /›/;

test('a destructive command shows its plan and wants the target’s name', async () => {
  await using daemon = await startDaemon({ 'guest.delete': consented });
  const question = /Type .*linux-desktop.* to go on/;
  const words = ['guest', 'delete', 'linux'];
  const done = await rayosOnTerminal(words, daemon.env, [[question, 'linux-desktop\r']]);
  assert.match(done.out, /This deletes Linux desktop[\s\S]*• remove its folder[\s\S]*is deleted\./);
  assert.equal(done.code, 0);
  const refused = await rayosOnTerminal(words, daemon.env, [[question, 'yes\r']]);
  assert.match(refused.out, /nothing was done/);
  assert.equal(refused.code, 1);
  assert.equal(daemon.calls.filter(({ consent }) => consent === 'token-1').length, 1);
});

test('a command to confirm takes y; anything else, or Ctrl-C, is a no', async () => {
  await using daemon = await startDaemon({ 'guest.kill': consented });
  for (const [answer, code] of [
    ['y\r', 0],
    ['\r', 1],
    ['\x03', 1],
  ] as const) {
    const ended = await rayosOnTerminal(['guest', 'kill', 'linux'], daemon.env, [[/y\/N/, answer]]);
    assert.equal(ended.code === 0 ? 0 : 1, code, JSON.stringify(answer));
  }
  assert.equal(daemon.calls.filter(({ consent }) => consent !== undefined).length, 1);
});

test('a slow command shows what happens, and leaves its result alone on the line', async () => {
  const drawn = Promise.withResolvers<void>();
  const told = Promise.withResolvers<void>();
  await using daemon = await startDaemon({
    'guest.present': async () => {
      await Promise.all([daemon.listenedTo, drawn.promise]);
      daemon.send({
        type: 'marker',
        marker: {
          sequence: 1,
          time: '',
          name: 'GUEST:STARTING',
          line: '',
          arguments: { guest: 'linux-desktop', accelerator: 'tcg' },
        },
      });
      await told.promise;
      return presented;
    },
  });
  const { out } = await rayosOnTerminal(['show linux desktop'], daemon.env, [
    [/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/, drawn.resolve],
    [/linux-desktop is starting \(tcg\)/, told.resolve],
  ]);
  const cleared = '\x1b[2K';
  assert.equal(
    out.slice(out.lastIndexOf(cleared) + cleared.length),
    'Linux desktop is on screen: 1280×800, first picture after 1.4 s, 2 windows show it.\r\n',
  );
});

test('the prompt takes sentences and commands, and keeps typed text out of its history', async () => {
  await using daemon = await startDaemon({
    'guest.present': () => presented,
    'input.type': () => sent,
    'input.press': () => sent,
  });
  const { out, code } = await rayosOnTerminal([], daemon.env, [
    [ready, 'show linux desktop\r'],
    [/on screen[\s\S]*›/, 'guest list\r'],
    [/TITLE[\s\S]*›/, 'type hunter2\r'],
    [/Typed into[\s\S]*›/, 'please type hunter3 into linux\r'],
    [/Typed into[\s\S]*›/, 'press ctrl+l\r'],
    [/Pressed in[\s\S]*›/, 'tpye hunter4\r'],
    [/does not know[\s\S]*›/, 'guest delete\r'],
    [/needs GUEST[\s\S]*›/, 'help guest present\r'],
    [/Usage[\s\S]*›/, 'exit\r'],
  ]);
  assert.equal(code, 0);
  assert.match(out, /→ rayos guest present linux-desktop/);
  const file = join(daemon.folder, 'shell-history');
  assert.ok(existsSync(file));
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const kept = readFileSync(file, 'utf8');
  assert.deepEqual(kept.trim().split('\n'), [
    'help guest present',
    'guest delete',
    'guest list',
    'show linux desktop',
  ]);
});

test('lines that are pasted together run one after the other; Ctrl-D leaves', async () => {
  await using daemon = await startDaemon({ 'input.press': () => sent });
  const { code } = await rayosOnTerminal([], daemon.env, [
    [ready, 'press a\rpress b\rpress c\r'],
    [/(Pressed in[\s\S]*){3}›/, '\x04'],
  ]);
  assert.equal(code, 0);
  const keys = daemon.calls.map(({ arguments: args }) => args.keys).filter(Boolean);
  assert.deepEqual(keys, ['a', 'b', 'c']);
});

test('what is pasted of a line that is not ended yet stays on the next one', async () => {
  for (const TERM of ['xterm', 'dumb']) {
    await using daemon = await startDaemon({ 'input.press': () => sent });
    const { code } = await rayosOnTerminal([], { ...daemon.env, TERM }, [
      [/[›>]/, 'press a\rpre'],
      [/Pressed in[\s\S]*[›>][\s\S]*pre/, 'ss b\r'],
      [/Pressed in[\s\S]*[›>]/, '\x04'],
    ]);
    assert.equal(code, 0, TERM);
    const keys = daemon.calls.map(({ arguments: args }) => args.keys).filter(Boolean);
    assert.deepEqual(keys, ['a', 'b'], TERM);
  }
});

test('Ctrl-C ends what runs and leaves the prompt', async () => {
  await using daemon = await startDaemon({ 'guest.start': () => new Promise(() => {}) });
  const { code, out } = await rayosOnTerminal([], daemon.env, [
    [ready, 'guest start linux\r'],
    [/start a guest/, '\x03'],
    [/stopped waiting[\s\S]*›/, 'exit\r'],
  ]);
  assert.equal(code, 0);
  assert.match(out, /you stopped waiting/);
});

test('where a line cannot be drawn anew progress is lines of text', async () => {
  await using daemon = await startDaemon({ 'guest.start': () => new Promise(() => {}) });
  const { code, out } = await rayosOnTerminal([], { ...daemon.env, TERM: 'dumb' }, [
    [/[›>]/, 'guest start linux\r'],
    [/ {2}start a guest/, '\x03'],
    [/stopped waiting[\s\S]*[›>]/, 'exit\r'],
  ]);
  assert.equal(code, 0);
  assert.equal(out.match(/ {2}start a guest/g)?.length, 1, 'once, however long it takes');
  assert.doesNotMatch(out, /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/);
});

test('the prompt completes commands, guests and sentences', () => {
  const rows = rowsOf(commands);
  const guests = [{ name: 'linux-desktop', title: 'Linux desktop' }];
  const complete = (line: string) => completeLine(line, rows, guests);
  assert.deepEqual(complete('guest pre'), [['present '], 'pre']);
  assert.deepEqual(complete('guest present l'), [['linux-desktop '], 'l']);
  assert.deepEqual(complete('show lin'), [['show linux desktop'], 'show lin']);
  assert.ok(complete('sh')[0].includes('show guests'));
  assert.ok(complete('sh')[0].includes('shutdown '));
});

test('the machine’s console says how things are, and its prompt stands again after a marker', async () => {
  const marker = {
    sequence: 1,
    time: '2026-11-23T20:00:00.000Z',
    name: 'PRESENTATION:DESKTOP_SHOWN',
    line: 'RAYOS_PRESENTATION:DESKTOP_SHOWN:Virtual-1',
    arguments: { output: 'Virtual-1' },
  };
  await using daemon = await startDaemon({
    'system.status': () => ({
      version: '9.9.9',
      address: 'http://127.0.0.1:7600/',
      policy: { profile: 'default', safeMode: false, file: '/x' },
      display: { state: 'console', reason: 'no-screen' },
    }),
    'log.markers': async function* () {
      yield marker;
    },
  });
  const env = { ...daemon.env, RAYOS_CONSOLE: 'ttyS0', TERM: 'dumb' };
  const { out, code } = await rayosOnTerminal([], env, [
    // The marker that is told at once brings the prompt a second time, with what was typed.
    [/rayos> /, 'exi'],
    [/exi[\s\S]*\rrayos> exi/, 't\r'],
  ]);
  assert.equal(code, 0);
  assert.match(out, /RayOS 9\.9\.9/);
  assert.match(out, /Desktop +not shown: no screen is connected/);
  assert.match(out, /PRESENTATION DESKTOP_SHOWN Virtual-1/);
  assert.ok(!out.includes('\x1b'), 'no escape codes');
});

test('a console that policy tells little says so, and is a prompt all the same', async () => {
  const refuse = () => {
    throw new RayError('POLICY_DENIED', 'policy does not list log.markers', { policyFile: '/p' });
  };
  for (const RAYOS_CONSOLE of ['ttyS0', '']) {
    await using daemon = await startDaemon({ 'system.status': refuse });
    const env = { ...daemon.env, RAYOS_CONSOLE, TERM: 'dumb' };
    const { out, code } = await rayosOnTerminal([], env, [[/rayos> /, 'exit\r']]);
    assert.equal(code, 0);
    assert.match(out, /policy does not list log\.markers[\s\S]*Change \/p/);
    assert.doesNotMatch(out, /is starting|is busy/);
  }
});
