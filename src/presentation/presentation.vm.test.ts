import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { decode } from 'fast-png';
import { initialCredit, RayError } from '../contracts/index.ts';
import { until } from '../foundation/testing-until.ts';
import type { Presentation } from './presentation.ts';
import type { PresentableGuest } from './types.ts';
import { serveViewers, startGuest, startPresentation, TestViewer } from './vm.test-helper.ts';

/** A viewer that has a picture. As the desktop does, it tries again as soon as its connection is gone. */
function watch(address: string): Promise<TestViewer> {
  const attempt = async () => {
    const viewer = new TestViewer(address);
    const isShown = viewer
      .until(() => viewer.frames > 0, 'a picture')
      .then(
        () => true,
        () => false,
      );
    return (await Promise.race([isShown, viewer.closed.then(() => false)])) ? viewer : undefined;
  };
  return until(attempt, 'a viewer that has a picture', { everyMs: 1 });
}

/**
 * Presents a guest when its firmware shows text. (QEMU 7.2 tells a listener nothing of a change of VGA's
 * mode; presenting it again does. QEMU 10 tells at once.)
 */
async function presentText(presentation: Presentation, guest: PresentableGuest): Promise<void> {
  await until(async () => {
    if ((await presentation.present(guest)).width === 720) return true;
    await presentation.hide(guest.id);
    return false;
  }, "the firmware's text");
}

/** Framers that are children of this process. */
function framerPids(): number[] {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim();
  return children
    .split(' ')
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('framer/main.ts');
      } catch {
        return false;
      }
    })
    .map(Number);
}

const descriptors = () => readdirSync('/proc/self/fd').length;

test('presenting resolves when a frame was read, and tells the life of the surface', async () => {
  await using machine = await startGuest();
  await using stage = startPresentation();
  const { presentation, lines, marker } = stage;
  const result = await presentation.present(machine.guest);
  assert.equal(result.surface, 'probe-guest.0');
  assert.ok(result.width > 0 && result.height > 0);
  assert.equal(presentation.surfaces()[0]?.framesRead, 1);
  const [major = 0, minor = 0] = machine.qemu.qmp.version.split('.').map(Number);
  const hasMap = major > 9 || (major === 9 && minor >= 2);
  assert.equal(presentation.surfaces()[0]?.path, hasMap ? 'map' : 'message');
  if (process.getuid?.() === 0) {
    const status = readFileSync(`/proc/${presentation.surfaces()[0]?.framerPid}/status`, 'utf8');
    for (const name of ['Uid', 'Gid'])
      assert.match(status, new RegExp(`^${name}:(\\t65534){4}$`, 'm'), 'root was not given up');
    assert.match(status, /^Groups:\s*$/m);
  }
  const { width, height, png } = await presentation.screenshot('g1');
  const picture = decode(png, { checkCrc: true });
  assert.deepEqual([picture.width, picture.height], [width, height]);
  assert.equal((await presentation.present(machine.guest)).firstFrameAfterMs, 0);
  assert.equal(await presentation.hide('g1'), true);
  assert.equal(await presentation.hide('g1'), false);
  await assert.rejects(
    presentation.screenshot('g1'),
    (e) => e instanceof RayError && e.code === 'NOT_PRESENTED',
  );
  assert.equal((await presentation.present(machine.guest)).surface, 'probe-guest.0');
  await marker(/DESTROYED/);
  // QEMU 9.2 and newer tells of a change of VGA's mode, which may be at any time.
  const events = lines.map((line) => line.split(':')[1]);
  assert.deepEqual(
    events.filter((event, i) => event !== 'SCANOUT' || events.indexOf(event) === i).slice(0, 8),
    [
      'SURFACE_CREATED',
      'FRAMER_STARTED',
      'SCANOUT',
      'FRAME_UPDATED',
      'PRESENTED',
      'HIDDEN',
      'SURFACE_DESTROYED',
      'SURFACE_CREATED',
    ],
  );
});

test('a framer that is killed is back within a second, and the guest has not noticed', async () => {
  await using machine = await startGuest();
  await using stage = startPresentation({ spareAfterMs: Number.POSITIVE_INFINITY });
  const { presentation, lines, marker } = stage;
  await presentText(presentation, machine.guest);
  await using server = await serveViewers(presentation);
  const status = () => machine.qemu.qmp.execute('query-status');
  const statusBefore = await status();
  const backAfterMs: number[] = [];
  // A machine that is busy elsewhere may be late once. A framer that takes a second takes it each time.
  while (backAfterMs.length < 3 && !backAfterMs.some((ms) => ms < 1000)) {
    await using before = await watch(`${server.address}/probe-guest.0`);
    const pid = presentation.surfaces()[0]?.framerPid ?? 0;
    const from = lines.length;
    const killedAt = performance.now();
    process.kill(pid, 'SIGKILL');
    await before.closed;
    await using after = await watch(`${server.address}/probe-guest.0`);
    backAfterMs.push(performance.now() - killedAt);
    assert.match(await marker(/FRAMER_LOST/, from), /SIGKILL/);
    await marker(/FRAMER_BACK/, from);
    assert.equal(after.picture.width, before.picture.width);
    assert.ok(after.picture.colors > 1);
    assert.notEqual(presentation.surfaces()[0]?.framerPid, pid);
  }
  const [last = Number.POSITIVE_INFINITY] = backAfterMs.slice(-1);
  assert.ok(last < 1000, `the picture was back after ${backAfterMs.join(', ')} ms`);
  process.kill(machine.qemu.pid, 0);
  assert.deepEqual(await status(), statusBefore);
});

test('a spare framer takes over from one that is killed, again and again', async () => {
  await using machine = await startGuest();
  await using stage = startPresentation({ spareAfterMs: 0 });
  const { presentation, lines, marker } = stage;
  await presentation.present(machine.guest);
  for (let i = 0; i < 3; i++) {
    const pid = presentation.surfaces()[0]?.framerPid ?? 0;
    const spare = await until(() => framerPids().find((other) => other !== pid), 'a spare framer');
    const from = lines.length;
    process.kill(pid, 'SIGKILL');
    await marker(/FRAMER_BACK/, from);
    assert.equal(presentation.surfaces()[0]?.framerPid, spare);
  }
});

test('a viewer that stalls is sent no more than its credit, and the other one goes on', async () => {
  await using machine = await startGuest();
  await using stage = startPresentation();
  const { presentation, marker } = stage;
  await presentText(presentation, machine.guest);
  await using server = await serveViewers(presentation);
  await using stalled = new TestViewer(`${server.address}/probe-guest.0`);
  stalled.isStalled = true;
  await using lively = new TestViewer(`${server.address}/probe-guest.0`);
  // The firmware's text cursor blinks.
  await lively.until(() => lively.frames >= 8, 'eight frames');
  assert.ok(stalled.frames <= initialCredit);
  await marker(/VIEWER_STALLED:probe-guest.0:probe-guest.0.v1$/);
  await lively.until(() => lively.frames >= 12, 'four more');
  assert.ok(stalled.frames <= initialCredit);
  assert.equal(presentation.surfaces()[0]?.viewers, 2);
  stalled.isStalled = false;
  stalled.say({ type: 'drawn', frame: stalled.picture.frame });
  await stalled.until(() => stalled.frames > initialCredit, 'the newest state');
});

test('a viewer learns the size, is told when the guest is hidden, and is thrown out for nonsense', async () => {
  await using machine = await startGuest();
  await using stage = startPresentation();
  const { presentation, marker } = stage;
  await presentText(presentation, machine.guest);
  const { width, height } = await presentation.present(machine.guest);
  await using server = await serveViewers(presentation);
  await using rude = new TestViewer(`${server.address}/probe-guest.0`);
  await rude.until(() => rude.frames > 0, 'a frame');
  rude.say({ type: 'drawn', frame: 123456 });
  assert.deepEqual(await rude.closed, {
    code: 1008,
    reason: 'drawn names a frame that is not out',
  });
  await marker(/VIEWER_LEFT:probe-guest.0:probe-guest.0.v1$/);
  await using viewer = new TestViewer(`${server.address}/probe-guest.0`);
  await viewer.until(() => viewer.frames > 0, 'a frame');
  assert.deepEqual(
    viewer.messages.find((message) => message.type === 'surface'),
    { type: 'surface', surface: 'probe-guest.0', width, height },
  );
  await presentation.hide('g1');
  assert.deepEqual(await viewer.closed, { code: 1000, reason: 'hidden' });
  assert.deepEqual(viewer.messages.at(-1), { type: 'hidden' });
  await using late = new TestViewer(`${server.address}/probe-guest.0`);
  assert.equal((await late.closed).code, 1006);
});

test('a framer that dies fifty times leaves no descriptor behind', async () => {
  await using machine = await startGuest();
  const always = { freeLosses: 1000, windowMs: 1, firstWaitMs: 1, maxWaitMs: 1, maxWaits: 1 };
  await using stage = startPresentation({
    restartLimits: always,
    spareAfterMs: Number.POSITIVE_INFINITY,
  });
  const { presentation, lines, marker } = stage;
  await presentation.present(machine.guest);
  const before = descriptors();
  for (let i = 0; i < 50; i++) {
    const from = lines.length;
    process.kill(presentation.surfaces()[0]?.framerPid ?? 0, 'SIGKILL');
    await marker(/FRAMER_BACK/, from);
  }
  const said = () => `${before} before, ${descriptors()} after`;
  await until(() => descriptors() <= before + 1, 'descriptors to be closed', { said });
  await presentation.hide('g1');
  await until(() => descriptors() < before, "the surface's descriptors to be closed", { said });
});

test('framers that die at once are given up in words, and the surface goes', async () => {
  await using machine = await startGuest();
  const never = { freeLosses: 1, windowMs: 60_000, firstWaitMs: 1, maxWaitMs: 1, maxWaits: 1 };
  await using stage = startPresentation({ restartLimits: never });
  const { presentation, lines, marker } = stage;
  await presentation.present(machine.guest);
  for (let i = 0; i < 3; i++) {
    const from = lines.length;
    process.kill(presentation.surfaces()[0]?.framerPid ?? 0, 'SIGKILL');
    await marker(i < 2 ? /FRAMER_BACK/ : /SURFACE_DESTROYED/, from);
  }
  assert.deepEqual(presentation.surfaces(), []);
});

test('the surface of a guest that dies goes, and a dead guest cannot be presented', async () => {
  await using machine = await startGuest();
  await using stage = startPresentation();
  const { presentation, marker } = stage;
  await presentation.present(machine.guest);
  await machine.qemu.kill();
  await presentation.guestGone('g1');
  await marker(/SURFACE_DESTROYED/);
  await using impatient = startPresentation({ firstFrameTimeoutMs: 500 });
  await assert.rejects(
    impatient.presentation.present(machine.guest),
    (e) => e instanceof RayError && e.code === 'NO_FRAME',
  );
  assert.deepEqual(impatient.presentation.surfaces(), []);
});

test('presenting that is cancelled leaves nothing', async () => {
  await using machine = await startGuest();
  await using stage = startPresentation();
  const { presentation, marker } = stage;
  const abort = new AbortController();
  const presenting = presentation.present(machine.guest, { signal: abort.signal });
  abort.abort(new RayError('CANCELLED', 'not wanted any more'));
  await assert.rejects(presenting, /not wanted any more/);
  await marker(/SURFACE_DESTROYED/);
  assert.deepEqual(presentation.surfaces(), []);
});
