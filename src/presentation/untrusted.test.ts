// What rayosd does with whatever a framer says: programs in its place, over the real channel.

import assert from 'node:assert/strict';
import { openSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { formatMarker, RayError } from '../contracts/index.ts';
import { until } from '../foundation/testing-until.ts';
import { Presentation } from './presentation.ts';
import type { Mark, PresentableGuest } from './types.ts';

const program = fileURLToPath(new URL('./framer.test-helper.ts', import.meta.url));
const guestOf = (act: string): PresentableGuest => ({
  id: act,
  name: act,
  title: act,
  openChannel: async () => openSync('/dev/null', 'r+'),
});

function stage() {
  const lines: string[] = [];
  const mark: Mark = (name, args) => void lines.push(formatMarker(name, args));
  const presentation = new Presentation({
    mark,
    program,
    spareAfterMs: Number.POSITIVE_INFINITY,
    restartLimits: { freeLosses: 1, windowMs: 60_000, firstWaitMs: 1, maxWaitMs: 1, maxWaits: 0 },
  });
  return { presentation, lines, [Symbol.asyncDispose]: () => presentation[Symbol.asyncDispose]() };
}

const faults = {
  flood: /more_than_500_things/,
  viewers: /viewer_that_it_was_not_given/,
  garbage: /sent_what_is_no_message/,
  acknowledge: /Node's_own_messages/,
  socket: /Node's_own_messages/,
  endless: /message_has_no_end/,
  long: /message_has_no_end/,
  bytes: /more_than_1048576_bytes_in_a_second/,
  picture: /picture_that_nobody_asked_for/,
};

for (const [act, reason] of Object.entries(faults)) {
  test(`a framer that is broken is ended, started again, given up: ${act}`, async () => {
    await using on = stage();
    await assert.rejects(
      on.presentation.present(guestOf(act)),
      (e) => e instanceof RayError && e.code === 'FRAMER_LOST',
    );
    const lost = on.lines.filter((line) => line.includes('FRAMER_LOST'));
    assert.equal(lost.length, 2);
    for (const line of lost) assert.match(line, reason);
    const told = on.lines.filter((line) => /:SCANOUT:/.test(line));
    assert.ok(told.length <= 12, `${told.length} markers of a flood`);
  });
}

test('one of two who wait gives up, and the other one gets the picture', async () => {
  await using on = stage();
  const guest = guestOf('patient');
  const abort = new AbortController();
  const first = on.presentation.present(guest, { signal: abort.signal });
  const second = on.presentation.present(guest);
  abort.abort(new RayError('CANCELLED', 'not wanted any more'));
  await assert.rejects(first, /not wanted any more/);
  await until(() => on.presentation.surfaces()[0]?.framerPid, 'a framer');
  await on.presentation.input(guest.id, { kind: 'type', text: 'a' });
  const shown = await second;
  assert.deepEqual([shown.width, shown.height], [640, 480]);
  assert.ok(shown.firstFrameAfterMs > 0);
  assert.equal((await on.presentation.present(guest)).firstFrameAfterMs, 0);
  const presented = on.lines.filter((line) => line.includes(':PRESENTED:'));
  assert.deepEqual(presented, ['RAYOS_PRESENTATION:PRESENTED:patient.0:patient']);
  // Whoever gives up now: somebody was told.
  await assert.rejects(on.presentation.present(guest, { signal: AbortSignal.abort() }));
  assert.equal(on.presentation.surfaces().length, 1);
});

test('when both who wait give up, nothing is presented', async () => {
  await using on = stage();
  const guest = guestOf('patient');
  const aborts = [new AbortController(), new AbortController()];
  const waiting = aborts.map(({ signal }) => on.presentation.present(guest, { signal }));
  for (const abort of aborts) abort.abort(new RayError('CANCELLED', 'not wanted any more'));
  for (const one of waiting) await assert.rejects(one, /not wanted any more/);
  assert.deepEqual(on.presentation.surfaces(), []);
});

test('that no picture comes is said in a whole sentence, wherever the log is', async () => {
  const nextOf = async (logFile: string | undefined) => {
    await using presentation = new Presentation({
      mark: () => {},
      program,
      firstFrameTimeoutMs: 1,
    });
    const guest = { ...guestOf('patient'), ...(logFile === undefined ? {} : { logFile }) };
    const thrown: unknown = await presentation.present(guest).catch((e: unknown) => e);
    return thrown instanceof RayError ? thrown.next : '';
  };
  assert.match(await nextOf('/x/qemu.log'), /its log is \/x\/qemu\.log\.$/);
  assert.match(await nextOf(undefined), /its log is the one of "patient" in the folder of/);
});

test('a picture of 3840x2160 in which nothing can be packed comes whole', async () => {
  await using on = stage();
  const guest = guestOf('noise');
  await on.presentation.present(guest);
  const pid = on.presentation.surfaces()[0]?.framerPid;
  const pictures = await Promise.all([1, 2].map(() => on.presentation.screenshot(guest.id)));
  for (const { width, height, png } of pictures) {
    assert.deepEqual([width, height], [3840, 2160]);
    assert.ok(png.length > 3840 * 2160 * 3);
  }
  const picture = decode(pictures[0]?.png ?? Buffer.alloc(0), { checkCrc: true });
  assert.deepEqual([picture.width, picture.height], [3840, 2160]);
  assert.equal(on.presentation.surfaces()[0]?.framerPid, pid);
});

test('a picture that is too large is refused in words, and the framer lives', async () => {
  await using on = stage();
  const guest = guestOf('much-noise');
  await on.presentation.present(guest);
  const pid = on.presentation.surfaces()[0]?.framerPid;
  await assert.rejects(
    on.presentation.screenshot(guest.id),
    /\(7680x4320\) is 94 MiB as PNG; a screenshot may have 64 MiB/,
  );
  assert.equal(on.presentation.surfaces()[0]?.framerPid, pid);
});
