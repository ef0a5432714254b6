// Real framers under a QEMU that is in a guest's hands: at worst the framer dies and is told of; rayosd and the
// person's other guests notice nothing, and a QEMU that behaves again has its picture back.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { formatMarker, RayError } from '../contracts/index.ts';
import { until } from '../foundation/testing-until.ts';
import { HostileQemu, peakMiB } from './hostile-qemu.test-helper.ts';
import { Presentation } from './presentation.ts';
import type { Mark } from './types.ts';

const timeout = 60_000;

function stage(screens = 1) {
  const lines: string[] = [];
  const news = new Set<() => void>();
  const mark: Mark = (name, args) => {
    lines.push(formatMarker(name, args));
    for (const wake of news) wake();
  };
  const qemu = new HostileQemu(screens);
  const presentation = new Presentation({ mark, spareAfterMs: Number.POSITIVE_INFINITY });
  const guest = {
    id: 'g',
    name: 'hostile',
    title: 'Hostile',
    openChannel: () => qemu.openChannel(),
  };
  const marker = async (pattern: RegExp, from = 0): Promise<string> => {
    for (;;) {
      const found = lines.slice(from).find((line) => pattern.test(line));
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        news.add(resolve);
      });
    }
  };
  return {
    lines,
    marker,
    qemu,
    presentation,
    guest,
    pid: () => presentation.surfaces()[0]?.framerPid ?? 0,
    async [Symbol.asyncDispose]() {
      await presentation[Symbol.asyncDispose]();
      await qemu[Symbol.asyncDispose]();
    },
  };
}

type Stage = ReturnType<typeof stage>;

/** The picture is there, of the size that the QEMU shows when it behaves. */
async function works({ presentation, qemu, guest }: Stage): Promise<void> {
  await qemu.act('show');
  await until(async () => {
    try {
      const { width, height } = await presentation.screenshot(guest.id);
      return width === 320 && height === 200;
    } catch (thrown) {
      assert.ok(thrown instanceof RayError, String(thrown));
      assert.ok(['NO_FRAME', 'FRAMER_LOST'].includes(thrown.code), thrown.message);
      return false;
    }
  }, 'the picture of a QEMU that behaves');
}

/** The framer lives through these. */
const borne = [
  'truncate',
  'flicker',
  'ranges',
  'modes',
  'damage',
  'pointer',
  'unknown',
  'cursors',
  'hotspots',
  'answers',
] as const;

for (const act of borne)
  test(`a hostile QEMU: ${act}; the framer lives, and so does the picture`, {
    timeout,
  }, async () => {
    await using on = stage();
    await on.presentation.present(on.guest);
    const pid = on.pid();
    const from = on.lines.length;
    await on.qemu.act(act);
    if (act === 'truncate') {
      // Nobody watches: the memory is read, and missed, when somebody asks.
      await assert.rejects(on.presentation.screenshot(on.guest.id), {
        code: 'NO_FRAME',
        message: /shrunk/,
      });
    }
    if (act === 'ranges') assert.match(await on.marker(/SCANOUT_REFUSED/, from), /SCANOUT_REFUSED/);
    await works(on);
    assert.equal(on.pid(), pid, 'it is the framer of before');
    const told = on.lines.slice(from);
    assert.ok(told.length < 60, `${told.length} markers: ${told.slice(0, 20).join('\n')}`);
    assert.ok(peakMiB(pid) < 500, `the framer has had ${peakMiB(pid)} MiB`);
  });

test('a hostile QEMU: a further screen is refused; the framer lives, and so does the first picture', {
  timeout,
}, async () => {
  await using on = stage(2);
  await on.presentation.present(on.guest);
  const pid = on.pid();
  await works(on);
  assert.equal(on.pid(), pid, 'it is the framer of before');
  assert.deepEqual(
    on.lines.filter((line) => /FRAMER_LOST/.test(line)),
    [],
  );
});

/** These end it: what follows them on the socket has no meaning. */
for (const act of ['garbage', 'endless'] as const)
  test(`a hostile QEMU: ${act}; the framer is lost, told, and replaced`, { timeout }, async () => {
    await using on = stage();
    await on.presentation.present(on.guest);
    const pid = on.pid();
    const from = on.lines.length;
    await on.qemu.act(act);
    assert.match(await on.marker(/FRAMER_LOST/, from), /unexpected/);
    await on.marker(/FRAMER_BACK/, from);
    await works(on);
    assert.notEqual(on.pid(), pid);
  });

test('no descriptor is left of framers and their hostile QEMUs', { timeout }, async () => {
  const open = () => readdirSync('/proc/self/fd').length;
  {
    await using on = stage();
    await on.presentation.present(on.guest);
  }
  const before = open();
  for (const act of ['ranges', 'garbage'] as const) {
    await using on = stage();
    await on.presentation.present(on.guest);
    await on.qemu.act(act);
  }
  // The other side's sockets live in this process too, and are closed with their threads.
  assert.ok(open() <= before + 8, `${before} → ${open()}`);
});
