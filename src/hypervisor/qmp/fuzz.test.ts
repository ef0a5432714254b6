import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { RayError } from '../../contracts/index.ts';
import { fuzz } from '../../foundation/testing-fuzz.ts';
import { LineSplitter } from './lines.ts';
import { parseMessage } from './message.ts';

test('what QEMU says, nearly right: a message, or the one declared error', () => {
  fuzz(join(import.meta.dirname, 'corpus'), (bytes) => {
    const lines = new LineSplitter(4096);
    try {
      for (let at = 0; at < bytes.length; at += 11)
        for (const line of lines.push(bytes.subarray(at, at + 11))) {
          if (line === '') continue;
          const message = parseMessage(line);
          if (message.kind === 'event') assert.ok(Number.isFinite(message.event.timestampMs));
          if (message.kind === 'refusal') assert.equal(typeof message.description, 'string');
        }
    } catch (thrown) {
      assert.ok(thrown instanceof RayError && thrown.code === 'QEMU_PROTOCOL', String(thrown));
    }
  });
});
