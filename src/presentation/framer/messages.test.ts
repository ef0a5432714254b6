import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ViewerMessage } from '../../contracts/index.ts';
import { parseViewerMessage } from './messages.ts';
import { fitting, isFromFramer, isToFramer } from './protocol.ts';

const good: readonly ViewerMessage[] = [
  { type: 'drawn', frame: 7 },
  { type: 'key', code: 'KeyA', down: true },
  { type: 'pointer', x: 1.5, y: -3 },
  { type: 'button', button: 'extra', down: false },
  { type: 'wheel', up: -1, right: 0.25 },
  { type: 'blur' },
  { type: 'motion', dx: -3.5, dy: 7 },
  { type: 'hold' },
  { type: 'hello', encodings: ['raw'], quality: 'auto', name: 'Ada' },
  { type: 'room', width: 1500, height: 900, scalePercent: 150 },
  { type: 'locks', caps: true, num: false },
  { type: 'touch', phase: 'begin', slot: 1, x: 5, y: 6 },
  { type: 'sound', on: true },
];

test('every message of the protocol is read', () => {
  for (const message of good)
    assert.deepEqual(parseViewerMessage(JSON.stringify(message)), message);
});

test('a message with anything wrong, missing or more is refused', () => {
  const bad: readonly unknown[] = [
    null,
    [],
    7,
    'blur',
    {},
    { type: 'constructor' },
    { type: '__proto__' },
    { type: 'drawn' },
    { type: 'drawn', frame: -1 },
    { type: 'drawn', frame: 1.5 },
    { type: 'drawn', frame: 2 ** 32 },
    { type: 'key', code: 'KeyA' },
    { type: 'key', code: '', down: true },
    { type: 'key', code: 'a'.repeat(33), down: true },
    { type: 'key', code: 'Key A', down: true },
    { type: 'key', code: 'KeyA', down: 1 },
    { type: 'key', code: 'KeyA', down: true, more: 1 },
    { type: 'pointer', x: 1 },
    { type: 'pointer', x: 1e9, y: 0 },
    { type: 'pointer', x: null, y: 0 },
    { type: 'button', button: 'toString', down: true },
    { type: 'wheel', up: 33, right: 0 },
    { type: 'motion', dx: 5000, dy: 0 },
    { type: 'motion', dx: 1 },
    { type: 'hold', now: true },
    { type: 'room', width: 1500, height: 0, scalePercent: 100 },
    { type: 'room', width: 9000, height: 900, scalePercent: 100 },
    { type: 'locks', caps: 1, num: false },
    { type: 'touch', phase: 'begin', slot: 10, x: 5, y: 6 },
    { type: 'blur', frame: 1 },
  ];
  for (const value of bad) assert.equal(parseViewerMessage(JSON.stringify(value)), undefined);
  for (const text of ['', '{', 'undefined', '{"type":"blur","__proto__":{"a":1}}', '\u0000'])
    assert.equal(parseViewerMessage(text), undefined, text);
});

test('no bytes make the parser throw or let anything else through', () => {
  const mutated = fc
    .tuple(fc.constantFrom(...good), fc.string(), fc.anything())
    .map(([message, name, value]) => JSON.stringify({ ...message, [name]: value }));
  const types = new Set(good.map(({ type }) => type));
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), mutated), (text) => {
      const message = parseViewerMessage(text ?? '');
      assert.ok(message === undefined || types.has(message.type));
    }),
    { numRuns: 2000 },
  );
});

test('rayosd takes from a framer only what the protocol has', () => {
  assert.ok(isFromFramer({ type: 'scanout', head: 3, width: 1280, height: 800, path: 'map' }));
  assert.ok(isFromFramer({ type: 'closed', reason: 'over' }));
  assert.ok(isToFramer({ type: 'input', id: 1, head: 0, request: { kind: 'click', x: 1, y: 2 } }));
  assert.ok(isToFramer({ type: 'input', id: 1, head: 1, request: { kind: 'type', text: 'a' } }));
  const more = { kind: 'type', text: 'a', keys: '' };
  assert.ok(!isToFramer({ type: 'input', id: 1, head: 0, request: more }));
  assert.ok(!isToFramer({ type: 'screenshot', id: 1, head: 4 }));
  const room = { type: 'room', head: 0, width: 1500, height: 900, scalePercent: 150 };
  assert.ok(isFromFramer(room));
  assert.ok(!isFromFramer({ ...room, head: 4 }));
  assert.ok(!isFromFramer({ ...room, width: 100_000 }));
  assert.ok(!isFromFramer({ type: 'scanout', head: 4, width: 1280, height: 800, path: 'map' }));
  assert.ok(!isFromFramer({ type: 'scanout', head: 0, width: 0, height: 800, path: 'map' }));
  assert.ok(!isFromFramer({ type: 'frame', head: 0, framesRead: '1' }));
  assert.ok(!isFromFramer({ type: 'viewer-joined', viewer: 'a b' }));
  const error = { code: 'NO_FRAME', message: 'm', next: 'n', details: { guest: 'g', n: 1 } };
  const failed = (more: object) => ({ type: 'failed', id: 1, error: { ...error, ...more } });
  assert.ok(isFromFramer(failed({})));
  for (const wrong of [
    { message: 'm'.repeat(501) },
    { code: 1 },
    { stack: 's' },
    { details: [] },
    { details: { a: {} } },
    { details: { a: 'a'.repeat(501) } },
    { details: Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`d${i}`, i])) },
  ])
    assert.ok(!isFromFramer(failed(wrong)), JSON.stringify(wrong).slice(0, 80));
  assert.ok(!isFromFramer({ type: 'failed', id: 1, error: null }));
  const long = 'x'.repeat(9000);
  const fitted = fitting({ code: 'INTERNAL', message: long, next: long, details: { long } });
  assert.ok(isFromFramer({ type: 'failed', id: 1, error: fitted }));
  assert.ok(!isFromFramer({ type: 'screenshot-part', id: 1, png: 'A'.repeat(300_000) }));
  fc.assert(
    fc.property(fc.anything(), (value) => {
      assert.ok(!isFromFramer(value) || typeof value === 'object');
      assert.ok(!isToFramer(value) || typeof value === 'object');
    }),
  );
});
