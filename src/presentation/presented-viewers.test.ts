import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { test } from 'node:test';
import type { FramerProcess } from './framer-process.ts';
import { PresentedViewers } from './presented-viewers.ts';

const come = (viewers: PresentedViewers, head = 0, party?: string, framer?: FramerProcess) => {
  const socket = new Socket();
  const read = Buffer.alloc(0);
  viewers.attach(
    socket,
    { head, headers: {}, read, ...(party === undefined ? {} : { party }) },
    framer,
  );
  return socket;
};

function framerThatNotes() {
  const given: string[] = [];
  const sendViewer: FramerProcess['sendViewer'] = ({ viewer }) => void given.push(viewer);
  return { given, framer: { sendViewer } as object as FramerProcess };
}

test('viewers that come while no framer runs are given to the next one, and keep their screens', () => {
  const viewers = new PresentedViewers('ada');
  const { given, framer } = framerThatNotes();
  come(viewers, 1, undefined, framer);
  viewers.framerEnded();
  assert.equal(viewers.headOf('ada.1.v1'), undefined, 'it went with its framer');
  come(viewers, 2);
  viewers.framerEnded();
  assert.equal(viewers.headOf('ada.2.v2'), 2);
  viewers.giveTo(framer);
  viewers.giveTo(framer);
  assert.deepEqual(given, ['ada.1.v1', 'ada.2.v2']);
  viewers.left('ada.2.v2');
  assert.equal(viewers.headOf('ada.2.v2'), undefined);
});

test('no more wait than there is room for, and nobody whose session or surface has ended', () => {
  const viewers = new PresentedViewers('ada');
  const ada = come(viewers, 0, 'ada');
  const sockets = Array.from({ length: 40 }, () => come(viewers, 0, 'bob'));
  assert.equal(sockets.filter((socket) => !socket.destroyed).length, 31);
  viewers.endParty('bob');
  assert.ok(sockets.every((socket) => socket.destroyed));
  assert.ok(!ada.destroyed);
  viewers.end();
  assert.ok(ada.destroyed);
});
