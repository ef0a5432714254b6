import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fuzz } from '../foundation/testing-fuzz.ts';
import { LineSplitter, maxLineBytes, parseAgentLine } from './agent-lines.ts';
import { ClipFormError, ClipReader, isGenuine, maxClipBytes } from './clipboard-port.ts';

const corpus = join(import.meta.dirname, 'corpus');

test("what the guest's agent says, nearly right: a message within its bounds, or nothing", () => {
  fuzz(corpus, (bytes) => {
    const lines = new LineSplitter();
    for (let at = 0; at < bytes.length; at += 13)
      for (const line of lines.push(bytes.toString('latin1', at, at + 13))) {
        assert.ok(line.length <= maxLineBytes);
        const message = parseAgentLine(line);
        if (message?.type !== 'display') continue;
        assert.ok(message.head <= 3 && message.width <= 16_384 && message.height <= 16_384);
      }
  });
});

test("what comes from the guest's clipboard, nearly right: clips within their bounds, or the end", () => {
  fuzz(corpus, (bytes) => {
    const reader = new ClipReader();
    try {
      for (let at = 0; at < bytes.length; at += 9)
        for (const clip of reader.push(bytes.subarray(at, at + 9))) {
          assert.ok(clip.bytes.length <= maxClipBytes);
          isGenuine(clip);
        }
    } catch (thrown) {
      assert.ok(thrown instanceof ClipFormError, String(thrown));
    }
  });
});
