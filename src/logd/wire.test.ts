import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeFrame, FrameError, FrameSplitter, longestRequest } from './frames.ts';
import { parseAnswer, parseRequest } from './messages.ts';

const take = (bytes: Uint8Array, cut: number): unknown[] => {
  const splitter = new FrameSplitter(longestRequest);
  const found: unknown[] = [];
  for (let at = 0; at < bytes.length; at += cut)
    found.push(...splitter.push(bytes.subarray(at, at + cut)));
  return found;
};

test('messages come back whole, however the bytes are cut', () => {
  const message = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean()));
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 5 }),
      fc.integer({ min: 1, max: 40 }),
      (all, cut) => {
        const bytes = Buffer.concat(all.map(encodeFrame));
        assert.deepEqual(take(bytes, cut), JSON.parse(JSON.stringify(all)));
      },
    ),
  );
});

test('any bytes: messages, or the one declared error; never more kept than a frame', () => {
  const head = fc.constantFrom([0, 0, 0, 2], [0, 0, 0, 40], [0, 0, 32, 1], [255, 255, 255, 255]);
  const bytes = fc
    .tuple(head, fc.uint8Array({ maxLength: 200 }), fc.boolean())
    .map(([start, rest, has]) => (has ? Buffer.from([...start, ...rest]) : Buffer.from(rest)));
  fc.assert(
    fc.property(bytes, fc.integer({ min: 1, max: 40 }), (given, cut) => {
      try {
        take(given, cut);
      } catch (thrown) {
        assert.ok(thrown instanceof FrameError, String(thrown));
      }
    }),
  );
  assert.throws(() => take(Buffer.from([0, 0, 32, 1]), 4), FrameError, '8193 bytes are announced');
});

test('any value: a request of ours, bounded, or none', () => {
  const texts = fc.constantFrom('stage', 'marker', 'facts', 'deadline', 'GOLDEN', 'KERNEL', 'x');
  const value = fc.oneof(
    texts,
    fc.integer(),
    fc.string(),
    fc.constant('r'.repeat(5000)),
    fc.boolean(),
  );
  const shaped = fc.record(
    {
      kind: texts,
      id: value,
      stage: value,
      reason: value,
      degraded: value,
      line: value,
      withRecords: value,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(shaped, fc.anything()), (given) => {
      const request = parseRequest(given);
      if (request === undefined) return;
      if (request.kind === 'marker') assert.ok(request.line.length <= 1024);
      else assert.ok(Number.isSafeInteger(request.id) && request.id >= 0);
      if ('reason' in request) assert.ok(request.reason.length <= 512);
      if (request.kind === 'stage') assert.notEqual(request.stage as string, 'KERNEL');
    }),
  );
});

test('any value: an answer, or none; facts are taken whole or not at all', () => {
  fc.assert(fc.property(fc.anything(), (given) => void parseAnswer(given)));
  const facts = {
    ...{ bootId: 'b', version: '2', entry: 'rayos_2+3.efi', files: ['rayos_2+3.efi'] },
    ...{ loader: { selected: 'rayos_2+3.efi' }, log: { durable: true }, records: [] },
  };
  assert.ok(parseAnswer({ id: 1, ok: true, facts }));
  for (const wrong of [{ files: [1] }, { log: {} }, { loader: 3 }, { records: [{}] }, { entry: 1 }])
    assert.equal(parseAnswer({ id: 1, ok: true, facts: { ...facts, ...wrong } }), undefined);
});
