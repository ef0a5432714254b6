// Input into the real desktop: what is typed arrives, all of it and in order, whoever else is there.

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { findGuestImage } from '../../guest-images/index.ts';
import { Emitter, within } from '../foundation/index.ts';
import { until } from '../foundation/testing-until.ts';
import { serveViewers, startGuest, startPresentation, TestViewer } from './vm.test-helper.ts';

const bootPatienceMs = 120_000;
/** All that a US keyboard can write within single quotes. */
const characters = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).filter(
  (character) => character !== "'",
);
const text = Array.from({ length: 300 }, (_, i) => characters[(i * 7) % characters.length]).join(
  '',
);

/** Reads lines from one of QEMU's sockets. */
function listenTo(path: string) {
  const lines: string[] = [];
  const heard = new Emitter<void>();
  let rest = '';
  const socket = connect(path).setEncoding('utf8');
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    const parts = (rest + chunk).split(/\r?\n/);
    rest = parts.pop() ?? '';
    lines.push(...parts);
    heard.emit();
  });
  const line = (pattern: RegExp, ms: number) => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const look = () => {
      const found = lines.find((candidate) => pattern.test(candidate));
      if (found !== undefined) resolve(found);
    };
    heard.on(look);
    look();
    return within(promise, ms, () => new Error(`waited in vain for ${pattern}`));
  };
  return { line, [Symbol.dispose]: () => void socket.destroy() };
}

function press(viewer: TestViewer, code: string): void {
  for (const down of [true, false]) viewer.say({ type: 'key', code, down });
}

test('three hundred characters arrive as they were typed, and viewers see the screen change', async () => {
  const image = findGuestImage('rescue-desktop');
  assert.ok(image, 'the guest image is missing: npm run guest-image');
  const { kernel, initrd, commandLine, memoryMiB, cpus } = image;
  await using machine = await startGuest(
    { boot: { kind: 'kernel', kernel, initrd, commandLine }, memoryMiB, cpus },
    (folder) => [
      {
        kind: 'virtio-serial-port',
        name: 'org.rayos.agent',
        socketPath: join(folder, 'agent.sock'),
      },
    ],
  );
  using agent = listenTo(join(machine.folder, 'agent.sock'));
  using serial = listenTo(join(machine.folder, 'serial.sock'));
  await agent.line(/^ready /, bootPatienceMs);
  await using stage = startPresentation();
  const { presentation, lines } = stage;
  const result = await presentation.present(machine.guest);
  assert.deepEqual([result.width, result.height], [1280, 800]);
  await using server = await serveViewers(presentation);
  await using viewer = new TestViewer(`${server.address}/probe-guest.0`);
  await viewer.until(() => viewer.picture.colors > 8, 'the desktop');

  // The desktop is there before its terminal takes the keyboard.
  await until(async () => {
    await presentation.input('g1', { kind: 'type', text: 'echo here-$((40+2)) >/dev/ttyS0\n' });
    return await serial.line(/^here-42$/, 1000).catch(() => undefined);
  }, 'a terminal that takes what is typed');

  const command = `echo '${text}' >/dev/ttyS0\n`;
  const shifted = [...command].filter((c) => /[~!@#$%^&*()_+{}|:"<>?A-Z]/.test(c)).length;
  const events = await presentation.input('g1', { kind: 'type', text: command });
  assert.equal(events, command.length * 2 + shifted * 2);
  assert.equal(await serial.line(/^.{250,}$/, 20_000), text);
  assert.ok(!lines.join().includes('echo'), 'what is typed is in no marker');

  // The same from a window: keys by their place, and a click that must not take the focus away.
  viewer.say({ type: 'pointer', x: 640, y: 400 });
  for (const down of [true, false]) viewer.say({ type: 'button', button: 'left', down });
  const keys =
    'KeyE KeyC KeyH KeyO Space KeyH KeyI Redirect Slash KeyD KeyE KeyV Slash KeyT KeyT KeyY';
  for (const code of keys.split(' ')) {
    if (code !== 'Redirect') press(viewer, code);
    else {
      viewer.say({ type: 'key', code: 'ShiftLeft', down: true });
      press(viewer, 'Period');
      viewer.say({ type: 'key', code: 'ShiftLeft', down: false });
    }
  }
  viewer.say({ type: 'key', code: 'ShiftLeft', down: true });
  press(viewer, 'KeyS');
  viewer.say({ type: 'blur' });
  press(viewer, 'Digit0');
  press(viewer, 'Enter');
  await serial.line(/^hi$/, 20_000);
  await stage.marker(/^RAYOS_INPUT:RELEASED:probe-guest:1$/);

  // Lock keys: the person's state comes into the guest, the guest's lights come back.
  const caps = () => viewer.messages.filter((message) => message.type === 'locks').at(-1)?.caps;
  const typed = (codes: string) => {
    for (const code of codes.split(' ')) press(viewer, code);
  };
  typed('KeyE KeyC KeyH KeyO Space');
  viewer.say({ type: 'locks', caps: true, num: false });
  await viewer.until(() => caps() === true, "the guest's light");
  typed('KeyA KeyB');
  viewer.say({ type: 'locks', caps: false, num: false });
  await viewer.until(() => caps() === false, 'the light to go out');
  typed('KeyC Space');
  viewer.say({ type: 'key', code: 'ShiftLeft', down: true });
  press(viewer, 'Period');
  viewer.say({ type: 'key', code: 'ShiftLeft', down: false });
  typed('Slash KeyD KeyE KeyV Slash KeyT KeyT KeyY');
  viewer.say({ type: 'key', code: 'ShiftLeft', down: true });
  press(viewer, 'KeyS');
  viewer.say({ type: 'key', code: 'ShiftLeft', down: false });
  typed('Digit0 Enter');
  await serial.line(/^ABc$/, 20_000);

  // The guest repeats a held key by itself: one press makes many letters.
  typed('KeyE KeyC KeyH KeyO Space');
  const framesBefore = viewer.frames;
  viewer.say({ type: 'key', code: 'KeyZ', down: true });
  // Some of these frames are still those of the word before.
  await viewer.until(() => viewer.frames > framesBefore + 20, 'the repeats');
  viewer.say({ type: 'key', code: 'KeyZ', down: false });
  typed('Space');
  viewer.say({ type: 'key', code: 'ShiftLeft', down: true });
  press(viewer, 'Period');
  viewer.say({ type: 'key', code: 'ShiftLeft', down: false });
  typed('Slash KeyD KeyE KeyV Slash KeyT KeyT KeyY');
  viewer.say({ type: 'key', code: 'ShiftLeft', down: true });
  press(viewer, 'KeyS');
  viewer.say({ type: 'key', code: 'ShiftLeft', down: false });
  typed('Digit0 Enter');
  await serial.line(/^z{3,}$/, 20_000);
  await presentation.input('g1', { kind: 'press', keys: 'ctrl+l' });
  const { png } = await presentation.screenshot('g1');
  assert.ok(png.length > 10_000);
});
