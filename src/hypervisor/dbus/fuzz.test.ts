import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { RayError } from '../../contracts/index.ts';
import { fuzz } from '../../foundation/testing-fuzz.ts';
import { type Incoming, readBody } from './message.ts';
import { SaslReplies } from './sasl.ts';
import { MessageStream } from './stream.ts';

const corpus = join(import.meta.dirname, 'corpus');
const known = ['huuuuu', 'uuuuay', 'iiii', 'iiiiuuay', 'iiiiay', 'iii', 'a{sv}', 's', 'sa{sv}as'];

function isDeclared(work: () => void): void {
  try {
    work();
  } catch (thrown) {
    assert.ok(thrown instanceof RayError && thrown.code === 'QEMU_PROTOCOL', String(thrown));
  }
}

test('messages that are nearly right: values, or the one declared error; descriptors are closed', () => {
  fuzz(corpus, (bytes) => {
    const given = [101, 102, 103];
    const seen: number[] = [];
    const stream = new MessageStream({ limit: 1 << 20, close: (fd) => seen.push(fd) });
    const read = (message: Incoming, fds: number[]) => {
      seen.push(...fds);
      for (const signature of known) isDeclared(() => readBody(message, signature));
    };
    isDeclared(() => {
      stream.push(bytes.subarray(0, 7), given, read);
      stream.push(bytes.subarray(7), [], read);
    });
    stream.dispose();
    assert.deepEqual(seen.sort(), given, 'each descriptor is handed out or closed, once');
  });
});

test('answers to authentication that are nearly right', () => {
  fuzz(
    corpus,
    (bytes) => {
      const replies = new SaslReplies();
      isDeclared(() => replies.push(Buffer.concat([Buffer.from('DATA\r\nOK 01\r\n'), bytes])));
    },
    500,
  );
});
