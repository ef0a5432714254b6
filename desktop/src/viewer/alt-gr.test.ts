import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AltGrFilter } from './alt-gr.ts';
import { sendChord } from './chords.ts';
import { LockKeys } from './lock-keys.ts';

function stage() {
  const seen: string[] = [];
  let late: (() => void) | undefined;
  const filter = new AltGrFilter(({ code, down }) => void seen.push(`${down ? '+' : '-'}${code}`), {
    later: (_ms, callback) => {
      late = callback;
      return () => {
        late = undefined;
      };
    },
  });
  const keys = (text: string) => {
    for (const word of text.split(' '))
      filter.push({ code: word.slice(1), down: word.startsWith('+') });
  };
  return { seen, keys, filter, moment: () => late?.() };
}

test('the Control that Windows puts before AltGr does not reach the guest', () => {
  const { seen, keys } = stage();
  keys('+ControlLeft +AltRight +KeyQ -KeyQ -ControlLeft -AltRight');
  assert.deepEqual(seen, ['+AltRight', '+KeyQ', '-KeyQ', '-AltRight']);
});

test('a Control that somebody pressed does, in its place', () => {
  const { seen, keys, moment, filter } = stage();
  keys('+ControlLeft +KeyC -KeyC -ControlLeft');
  assert.deepEqual(seen.splice(0), ['+ControlLeft', '+KeyC', '-KeyC', '-ControlLeft']);
  keys('+ControlLeft');
  assert.deepEqual(seen, []);
  moment();
  assert.deepEqual(seen.splice(0), ['+ControlLeft']);
  keys('+AltRight -AltRight -ControlLeft');
  assert.deepEqual(seen.splice(0), ['+AltRight', '-AltRight', '-ControlLeft']);
  keys('+ControlLeft');
  filter.flush();
  keys('-ControlLeft');
  assert.deepEqual(seen.splice(0), ['+ControlLeft', '-ControlLeft']);
  keys('+ControlLeft -ControlLeft');
  assert.deepEqual(seen, ['+ControlLeft', '-ControlLeft']);
});

test("the person's lock keys are told when the keyboard comes, and when they changed elsewhere", () => {
  const event = (on: string[], code = 'KeyA') => ({
    code,
    getModifierState: (key: string) => on.includes(key),
  });
  const locks = new LockKeys({ mac: false });
  assert.deepEqual(locks.news(event(['NumLock'])), { caps: false, num: true });
  assert.equal(locks.news(event(['NumLock'])), undefined);
  assert.deepEqual(locks.news(event(['CapsLock', 'NumLock'])), { caps: true, num: true });
  assert.equal(locks.news(event([], 'CapsLock')), undefined, 'the guest is sent the key itself');
  locks.reset();
  assert.deepEqual(locks.news(event([])), { caps: false, num: false });
  const mac = new LockKeys({ mac: true });
  mac.heard({ caps: false, num: true });
  assert.deepEqual(mac.news(event(['CapsLock'])), { caps: true, num: true });
});

test('a chord goes down in its order and up in the opposite one', () => {
  const seen: string[] = [];
  sendChord(
    (message) =>
      void (message.type === 'key' && seen.push(`${message.down ? '+' : '-'}${message.code}`)),
    ['ControlLeft', 'AltLeft', 'Delete'],
  );
  assert.equal(seen.join(' '), '+ControlLeft +AltLeft +Delete -Delete -AltLeft -ControlLeft');
});
