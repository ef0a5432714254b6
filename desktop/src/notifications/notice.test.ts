import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type MarkerName, markers } from '../../../src/contracts/index.ts';
import { noticeFor } from './notice.ts';

const guests = [{ name: 'linux-desktop', title: 'Linux desktop' }];
const surfaces = [{ id: 'linux-desktop.0', title: 'Linux desktop' }];
const notice = (name: MarkerName, args: Record<string, string | number>) =>
  noticeFor({ name, arguments: args }, guests, surfaces);

test('a guest that became ready is told with its title and time', () => {
  const told = notice('GUEST:READY', { guest: 'linux-desktop', milliseconds: 5123 });
  assert.equal(told?.title, 'Linux desktop is ready');
  assert.equal(told?.text, 'It took 5.1 s.');
});

test('a picture that is back takes the place of the notice that it was lost', () => {
  const lost = notice('PRESENTATION:FRAMER_LOST', {
    surface: 'linux-desktop.0',
    reason: 'SIGKILL',
  });
  const back = notice('PRESENTATION:FRAMER_BACK', {
    surface: 'linux-desktop.0',
    milliseconds: 310,
  });
  assert.equal(lost?.key, back?.key);
  assert.notEqual(lost?.tone, back?.tone);
});

test('a failure says why', () => {
  const told = noticeFor(
    { name: 'GUEST:FAILED', arguments: { guest: 'linux-desktop', code: 'GUEST_DIED' } },
    [{ name: 'linux-desktop', title: 'Linux desktop', reason: 'QEMU ended with status 1.' }],
    [],
  );
  assert.equal(told?.text, 'QEMU ended with status 1.');
  assert.equal(told?.tone, 'error');
});

test('what happens many times a second is no notice; no marker breaks the desktop', () => {
  assert.equal(notice('PRESENTATION:FRAME_UPDATED', { surface: 's', frame: 1 }), undefined);
  assert.equal(notice('INPUT:SENT', { guest: 'linux-desktop', kind: 'key', count: 1 }), undefined);
  for (const name of Object.keys(markers) as MarkerName[]) notice(name, {});
});
