import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type KeyEvent, KeyTracker } from './keys.ts';
import { ReleaseChord } from './release-chord.ts';

const key = (code: string, flags: Partial<KeyEvent> = {}): KeyEvent => ({
  code,
  repeat: false,
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  altGraph: false,
  ...flags,
});

test('a stroke is passed on once, without its repeats', () => {
  const keys = new KeyTracker();
  assert.deepEqual(keys.keydown(key('KeyA')), [{ code: 'KeyA', down: true }]);
  assert.deepEqual(keys.keydown(key('KeyA', { repeat: true })), []);
  assert.deepEqual(keys.keyup(key('KeyA')), [{ code: 'KeyA', down: false }]);
  assert.deepEqual(keys.keyup(key('KeyA')), []);
});

test('Alt lost to the window manager is let go with the next key', () => {
  const keys = new KeyTracker();
  keys.keydown(key('AltLeft', { altKey: true }));
  assert.deepEqual(keys.keydown(key('KeyX')), [
    { code: 'AltLeft', down: false },
    { code: 'KeyX', down: true },
  ]);
});

test('a right Alt key that is AltGr stays down though altKey is false', () => {
  const keys = new KeyTracker();
  keys.keydown(key('AltRight', { altGraph: true }));
  assert.deepEqual(keys.keydown(key('KeyQ', { altGraph: true })), [{ code: 'KeyQ', down: true }]);
});

test('on macOS, letting Meta go lets go of what was pressed with it', () => {
  const keys = new KeyTracker({ mac: true });
  keys.keydown(key('MetaLeft', { metaKey: true }));
  keys.keydown(key('KeyC', { metaKey: true }));
  assert.deepEqual(keys.keyup(key('MetaLeft')), [
    { code: 'MetaLeft', down: false },
    { code: 'KeyC', down: false },
  ]);
});

test('events without a physical key are not for the guest', () => {
  const keys = new KeyTracker();
  assert.deepEqual(keys.keydown(key('')), []);
  assert.deepEqual(keys.keydown(key('Unidentified')), []);
});

test('after any sequence, a release leaves no key down, and each key alternates down and up', () => {
  const code = fc.constantFrom('KeyA', 'KeyB', 'ShiftLeft', 'ControlLeft', 'AltRight', 'MetaLeft');
  const event = fc.record({
    up: fc.boolean(),
    code,
    shiftKey: fc.boolean(),
    ctrlKey: fc.boolean(),
    metaKey: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 80 }), fc.boolean(), (events, mac) => {
      const keys = new KeyTracker({ mac });
      const changes = events.flatMap((e) =>
        e.up ? keys.keyup(key(e.code, e)) : keys.keydown(key(e.code, e)),
      );
      changes.push(...keys.releaseAll());
      const down = new Map<string, boolean>();
      for (const change of changes) {
        assert.notEqual(down.get(change.code) ?? false, change.down);
        down.set(change.code, change.down);
      }
      assert.ok([...down.values()].every((d) => !d));
    }),
  );
});

test('Ctrl and Alt alone give the keyboard back, in either order', () => {
  for (const order of [
    ['ControlLeft', 'AltLeft'],
    ['AltLeft', 'ControlLeft'],
  ]) {
    const chord = new ReleaseChord();
    for (const code of order) chord.keydown(code);
    assert.equal(chord.keyup('AltLeft'), true);
    assert.equal(chord.keyup('ControlLeft'), false);
  }
});

test('Ctrl+Alt with a key or a click in between belongs to the guest', () => {
  const chord = new ReleaseChord();
  for (const code of ['ControlLeft', 'AltLeft', 'KeyT']) chord.keydown(code);
  assert.equal(chord.keyup('KeyT'), false);
  assert.equal(chord.keyup('AltLeft'), false);
  assert.equal(chord.keyup('ControlLeft'), false);
  for (const code of ['ControlLeft', 'AltLeft']) chord.keydown(code);
  chord.spoil();
  assert.equal(chord.keyup('AltLeft'), false);
  assert.equal(chord.keyup('ControlLeft'), false);
  for (const code of ['ControlLeft', 'AltLeft']) chord.keydown(code);
  assert.equal(chord.keyup('ControlLeft'), true);
});

test('AltGr is not the chord', () => {
  const chord = new ReleaseChord();
  for (const code of ['ControlLeft', 'AltRight']) chord.keydown(code);
  assert.equal(chord.keyup('AltRight'), false);
});
