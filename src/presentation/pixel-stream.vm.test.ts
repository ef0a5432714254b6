// A pixel stream from a real QEMU, through a real framer, over a socket that an HTTP server gave away.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { readFrame, streamHeadBytes } from '../contracts/index.ts';
import { serveViewers, startGuest, startPresentation, TestViewer } from './vm.test-helper.ts';

/** The next frame of a stream. */
async function nextFrame(answer: IncomingMessage): Promise<ReturnType<typeof readFrame>> {
  const take = async (bytes: number): Promise<Buffer> => {
    for (;;) {
      const chunk: unknown = answer.read(bytes);
      if (Buffer.isBuffer(chunk) && chunk.length === bytes) return chunk;
      await once(answer, 'readable');
    }
  };
  const length = (await take(streamHeadBytes)).readUInt32LE(0);
  return readFrame(Uint8Array.from(await take(length)).buffer);
}

async function open(address: string): Promise<IncomingMessage> {
  const request = get(address.replace(/^ws/, 'http'));
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  return answer;
}

test('frames come by the stream, and by the socket again when it is cut', async () => {
  await using guest = await startGuest();
  await using stage = startPresentation();
  await using server = await serveViewers(stage.presentation);
  const { surface } = await stage.presentation.present(guest.guest);
  await using viewer = new TestViewer(`${server.address}/${surface}`);
  await viewer.until(() => viewer.frames > 0, 'a first frame, without a hello');
  const hello = (thumbnail?: number) =>
    viewer.say({
      type: 'hello',
      encodings: ['raw', 'solid'],
      quality: 'lossless',
      name: 'a test',
      ...(thumbnail === undefined ? {} : { thumbnail }),
    });
  hello();
  const key = () => viewer.messages.find((message) => message.type === 'stream')?.key;
  await viewer.until(() => key() !== undefined, 'the key of its stream');

  const stranger = await open(`${server.address}/${surface}?${'0'.repeat(32)}`);
  assert.equal(stranger.statusCode, 404);
  stranger.resume();

  const answer = await open(`${server.address}/${surface}?${key()}`);
  assert.equal(answer.statusCode, 200);
  const before = viewer.frames;
  // Another size of picture: all of it is sent anew.
  hello(64);
  const { header } = await nextFrame(answer);
  assert.equal(header.width, 64);
  assert.equal(viewer.frames, before);

  answer.destroy();
  await viewer.until(() => viewer.frames > before, 'a frame by the socket');
  assert.equal(viewer.picture.width, 64);
});
