// A guest with two screens: two surfaces of one framer, each with its picture, its pointer and its viewers;
// and two persons, of whom one types.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { decode } from 'fast-png';
import { findGuestImage } from '../../guest-images/index.ts';
import type { FramerMessage } from '../contracts/index.ts';
import { until } from '../foundation/testing-until.ts';
import type { Room } from './types.ts';
import { serveViewers, startGuest, startPresentation, TestViewer } from './vm.test-helper.ts';

const last = <T extends FramerMessage['type']>(viewer: TestViewer, type: T) =>
  viewer.messages.filter((message) => message.type === type).at(-1) as
    | Extract<FramerMessage, { type: T }>
    | undefined;

test('a guest with two screens has two surfaces; one person types, the other takes over', async () => {
  const image = findGuestImage('rescue-desktop');
  assert.ok(image, 'the guest image is missing: npm run guest-image');
  const { kernel, initrd, commandLine, memoryMiB, cpus } = image;
  await using machine = await startGuest(
    {
      boot: { kind: 'kernel', kernel, initrd, commandLine },
      memoryMiB,
      cpus,
      display: { width: 1280, height: 800, heads: 2 },
    },
    (folder) => [
      {
        kind: 'virtio-serial-port',
        name: 'org.rayos.agent',
        socketPath: join(folder, 'agent.sock'),
      },
    ],
  );
  const firstRoom = Promise.withResolvers<Room>();
  await using stage = startPresentation({ onRoom: (_guest, room) => firstRoom.resolve(room) });
  const { presentation, marker } = stage;
  await presentation.present(machine.guest);
  // It is offered by us, and lit by the guest.
  await marker(/^RAYOS_PRESENTATION:SURFACE_CREATED:probe-guest\.1:probe-guest$/);
  await marker(/^RAYOS_PRESENTATION:FRAME_UPDATED:probe-guest\.1:/);
  const heads = () =>
    presentation.surfaces().map(({ id, head, width, height }) => [id, head, width, height].join());
  // Each is as the firmware left it until the guest's compositor has lit it.
  await until(
    () => heads().join(' ') === 'probe-guest.0,0,1280,800 probe-guest.1,1,1280,800',
    'two screens of 1280x800',
    { said: () => heads().join(' ') },
  );
  const pids = new Set(presentation.surfaces().map(({ framerPid }) => framerPid));
  assert.equal(pids.size, 1, 'one framer for the guest');

  await using server = await serveViewers(presentation);
  await using left = new TestViewer(`${server.address}/probe-guest.0`, 'ada');
  await using right = new TestViewer(`${server.address}/probe-guest.1`, 'ada');
  await using other = new TestViewer(`${server.address}/probe-guest.1`, 'bob');
  const all = [left, right, other];
  await Promise.all(all.map((viewer) => viewer.until(() => viewer.picture.colors > 8, 'it')));
  for (const [viewer, name] of [
    [left, 'Ada'],
    [right, 'Ada'],
    [other, 'Bob'],
  ] as const)
    viewer.say({ type: 'hello', encodings: ['raw', 'solid'], quality: 'auto', name });

  // A click of the right button on the second screen brings the compositor's menu up there, and only there.
  const drawn = right.frames;
  right.say({ type: 'pointer', x: 600, y: 700 });
  for (const down of [true, false]) right.say({ type: 'button', button: 'right', down });
  await right.until(() => right.frames > drawn, 'the menu');
  await marker(/^RAYOS_PRESENTATION:KEYBOARD_HELD:probe-guest\.1:probe-guest\.1\.v\d$/);
  await other.until(() => last(other, 'holder')?.name === 'Ada', 'who types');
  assert.equal(last(other, 'holder')?.you, false);
  await left.until(() => last(left, 'holder')?.you === true, 'another window of the same person');

  // What the other one types is not heard; when he takes over, it is.
  other.say({ type: 'key', code: 'Escape', down: true });
  other.say({ type: 'hold' });
  await left.until(() => last(left, 'holder')?.you === false, 'the loss of the keyboard');
  assert.deepEqual(last(left, 'holder'), { type: 'holder', you: false, name: 'Bob', viewers: 3 });

  // The window of who types decides; the guest follows where its compositor does, and rayosd is told.
  other.say({ type: 'room', width: 1025, height: 700, scalePercent: 100 });
  left.say({ type: 'room', width: 900, height: 600, scalePercent: 100 });
  await marker(/^RAYOS_PRESENTATION:KEYBOARD_HELD:probe-guest\.1:/);
  assert.deepEqual(await firstRoom.promise, {
    head: 1,
    width: 1024,
    height: 700,
    scalePercent: 100,
  });

  const pictures = [0, 1].map((head) => presentation.screenshot('g1', head));
  const [first, second] = (await Promise.all(pictures)).map(({ png }) => decode(png));
  assert.notDeepEqual(first?.data, second?.data);
  // Signing out closes what was open, and frees the keyboard.
  presentation.endViewers('bob');
  assert.equal((await other.closed).code, 4003);
  await left.until(() => last(left, 'holder')?.viewers === 2, 'one less');
  left.say({ type: 'key', code: 'ShiftLeft', down: true });
  await left.until(() => last(left, 'holder')?.you === true, 'the free keyboard');
});
