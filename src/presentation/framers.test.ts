// Framers without any QEMU: a channel that is no display ends them.

import assert from 'node:assert/strict';
import { openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { until } from '../foundation/testing-until.ts';
import { Framers } from './framers.ts';

const descriptors = () => readdirSync('/proc/self/fd').length;
/** A framer that was killed as it began may have had a helper, which holds its end of a pipe a moment longer. */
async function areClosedAgain(before: number): Promise<void> {
  const said = () => `${before} before, ${descriptors()} now`;
  await until(() => descriptors() === before, 'descriptors to be closed', { said });
}
const showNothing = (framers: Framers) =>
  framers.show('nobody.0', openSync('/dev/null', 'r+'), () => {});
const spareOf = (framers: Framers): Promise<number> =>
  until(() => framers.sparePid, 'a spare framer');

test('a framer gets its channel after it was started, and says why it ends', async () => {
  const before = descriptors();
  {
    await using framers = new Framers({ spareAfterMs: Number.POSITIVE_INFINITY });
    await using framer = showNothing(framers);
    assert.match(await framer.ended, /status 1: .*ERR_INVALID_FD_TYPE/);
    assert.equal(framers.sparePid, undefined);
  }
  await areClosedAgain(before);
});

test('the spare framer is used first, and replaced', async () => {
  const before = descriptors();
  {
    await using framers = new Framers({ spareAfterMs: 0 });
    await using first = showNothing(framers);
    const spare = await spareOf(framers);
    await using second = showNothing(framers);
    assert.notEqual(first.pid, spare);
    assert.equal(second.pid, spare);
    assert.match(await second.ended, /ERR_INVALID_FD_TYPE/);
    assert.notEqual(await spareOf(framers), spare);
  }
  await areClosedAgain(before);
});

test('a spare framer that died is not used, and not replaced by itself', async () => {
  await using framers = new Framers({ spareAfterMs: 0 });
  await using _first = showNothing(framers);
  const spare = await spareOf(framers);
  process.kill(spare, 'SIGKILL');
  await until(() => framers.sparePid === undefined, 'the end of the spare framer');
  await using second = showNothing(framers);
  assert.notEqual(second.pid, spare);
  assert.match(await second.ended, /ERR_INVALID_FD_TYPE/);
});

test('a spare framer that dies while it is taken says so, and nothing leaks', async () => {
  const before = descriptors();
  {
    await using framers = new Framers({ spareAfterMs: 0 });
    await using _first = showNothing(framers);
    const spare = await spareOf(framers);
    process.kill(spare, 'SIGKILL');
    await using second = showNothing(framers);
    assert.equal(second.pid, spare);
    assert.match(await second.ended, /SIGKILL/);
  }
  await areClosedAgain(before);
});

test('where rayosd is root, each framer has its own user, and none can be traced', {
  skip: process.getuid?.() === 0 ? false : 'only root can give framers users',
}, async () => {
  const nobody = 65534;
  await using framers = new Framers({ spareAfterMs: 0, uid: nobody, gid: nobody });
  await using _first = showNothing(framers);
  const spare = await spareOf(framers);
  const ownUid = () => {
    const uid = /^Uid:\t(\d+)/m.exec(readFileSync(`/proc/${spare}/status`, 'utf8'))?.[1];
    return uid === '0' ? undefined : uid;
  };
  assert.equal(await until(ownUid, 'a user of its own'), String(nobody - 1));
  // The files of a process that is not dumpable are root's.
  assert.equal(statSync(`/proc/${spare}/maps`).uid, 0);
});
