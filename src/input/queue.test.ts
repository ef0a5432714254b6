import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RayError } from '../contracts/index.ts';
import { buttonClick, buttons, type Gesture, type InputSink, keyStroke } from './events.ts';
import { InputQueue, type InputQueueOptions } from './queue.ts';

/** A guest that writes down what it was given, on a clock that moves only when somebody waits. */
function guest(
  options: Partial<InputQueueOptions> & {
    readonly refuse?: () => boolean;
    readonly answerMs?: number;
  } = {},
) {
  let now = 0;
  const seen: string[] = [];
  const times: number[] = [];
  const take = async (what: string) => {
    await Promise.resolve();
    if (options.refuse?.()) throw new Error('QEMU refused it');
    seen.push(what);
    times.push(now);
    now += options.answerMs ?? 0;
  };
  const sink: InputSink = {
    keyboard: { press: (q) => take(`+${q}`), release: (q) => take(`-${q}`) },
    mouse: {
      setAbsPosition: (x, y) => take(`${x},${y}`),
      press: (b) => take(`+b${b}`),
      release: (b) => take(`-b${b}`),
    },
    touch: { send: (phase, slot, x, y) => take(`${phase} ${slot} ${x},${y}`) },
  };
  const clock = {
    now: () => now,
    wait: async (ms: number) => {
      now += ms;
    },
  };
  const queue = new InputQueue({
    sink,
    clock,
    screen: () => ({ width: 100, height: 50 }),
    ...options,
  });
  return { queue, seen, times };
}

const key = (qnum: number, down: boolean): Gesture => [{ kind: 'key', qnum, down }];
const move = (x: number, y: number): Gesture => [{ kind: 'pointer', x, y }];

test('keys are spread: never two within the pace, and the first at once', async () => {
  const pace = { switchMs: 5, pointerMs: 4, burst: 12, steadyMs: 20, answers: 3 };
  const { queue, seen, times } = guest({ pace });
  const taken = await queue.open().send(Array.from({ length: 100 }, (_, i) => keyStroke(i)));
  assert.equal(taken, 200);
  assert.equal(seen.length, 200);
  assert.equal(times[0], 0);
  for (let i = 1; i < times.length; i++) assert.ok((times[i] ?? 0) - (times[i - 1] ?? 0) >= 5);
});

test('a guest may be away for 400 ms: no more keys come in that time than its device holds', async () => {
  const { queue, times } = guest();
  await queue.open().send(Array.from({ length: 80 }, (_, i) => keyStroke(i)));
  assert.equal(times.length, 160);
  for (const from of times) {
    const within = times.filter((time) => time >= from && time < from + 400);
    assert.ok(within.length <= 32, `${within.length} events from ${from} ms on`);
  }
});

test('a QEMU that answers late gets keys more slowly, and a fast one as fast as before', async () => {
  const { queue, times } = guest({ answerMs: 100 });
  await queue.open().send(Array.from({ length: 40 }, (_, i) => keyStroke(i)));
  for (const from of times.slice(20)) {
    const within = times.filter((time) => time >= from && time < from + 2000);
    assert.ok(within.length <= 10, `${within.length} events in 2 s from ${from} ms on`);
  }
  const fast = guest({ answerMs: 5 });
  await fast.queue.open().send(Array.from({ length: 40 }, (_, i) => keyStroke(i)));
  assert.ok((fast.times.at(-1) ?? 0) <= 80 * 20);
});

test('a wheel that is turned fast goes on at the pace of a button, whatever was typed', async () => {
  const { queue, times } = guest();
  const source = queue.open();
  const keys = Array.from({ length: 20 }, (_, i) => keyStroke(i));
  const notches = Array.from({ length: 40 }, () => buttonClick(buttons.wheelUp));
  await source.send([...keys, ...notches]);
  const wheel = times.slice(-2 * notches.length);
  for (let i = 1; i < wheel.length; i++) assert.equal((wheel[i] ?? 0) - (wheel[i - 1] ?? 0), 5);
});

test('a pointer that is behind goes to the newest place, but never past a button', async () => {
  const { queue, seen } = guest();
  const source = queue.open();
  for (let x = 0; x < 10; x++) source.push(move(x, 1));
  source.push([{ kind: 'button', button: 0, down: true }]);
  for (let x = 10; x < 20; x++) source.push(move(x, 1));
  source.push([{ kind: 'button', button: 0, down: false }]);
  await queue.idle();
  assert.deepEqual(seen, ['9,1', '+b0', '19,1', '-b0']);
});

test('the pointer stays on the screen', async () => {
  const { queue, seen } = guest();
  const source = queue.open();
  source.push(move(-5, 1e9));
  source.push(buttonClick(0));
  source.push(move(1e9, -1));
  await queue.idle();
  assert.deepEqual(seen, ['0,49', '+b0', '-b0', '99,0']);
});

test('sources take turns, and a gesture is never split', async () => {
  const { queue, seen } = guest();
  const many = queue.open(10_000).send(Array.from({ length: 1000 }, () => keyStroke(1)));
  const few = queue.open().send([keyStroke(2), keyStroke(3)]);
  await few;
  assert.ok(seen.length <= 8, 'the small source does not wait for the big one');
  await many;
  for (let i = 0; i < seen.length; i += 2)
    assert.equal(seen[i]?.slice(1), seen[i + 1]?.slice(1), 'down and up of one key are neighbours');
});

test('a key that two hold is released when the last lets go', async () => {
  const { queue, seen } = guest();
  const [a, b] = [queue.open(), queue.open()];
  a.push(key(42, true));
  b.push(key(42, true));
  await queue.idle();
  a.close();
  await queue.idle();
  assert.deepEqual(seen, ['+42']);
  b.push(key(42, false));
  await queue.idle();
  assert.deepEqual(seen, ['+42', '-42']);
});

test('what a source holds is released on blur and when it leaves, after what it had sent', async () => {
  const released: number[] = [];
  const { queue, seen } = guest({ onReleased: (keys) => released.push(keys) });
  const source = queue.open();
  source.push(key(29, true));
  source.push(key(30, true));
  source.release();
  source.push([{ kind: 'button', button: 0, down: true }]);
  source.close();
  await queue.idle();
  assert.deepEqual(seen, ['+29', '+30', '-30', '-29', '+b0', '-b0']);
  assert.deepEqual(released, [2, 1]);
});

test('fingers go in their order; those that nobody lifts any more are cancelled', async () => {
  const { queue, seen } = guest();
  const source = queue.open();
  const finger = (phase: 'begin' | 'update' | 'end', slot: number, x: number): Gesture => [
    { kind: 'touch', phase, slot, x, y: 10 },
  ];
  source.push(finger('end', 3, 1));
  source.push(finger('begin', 0, 5));
  source.push(finger('update', 0, 6));
  source.push(finger('update', 0, 7));
  source.push(finger('begin', 1, 500));
  source.push(finger('end', 0, 7));
  source.close();
  await queue.idle();
  assert.deepEqual(seen, [
    'begin 0 5,10',
    'update 0 7,10',
    'begin 1 99,10',
    'end 0 7,10',
    'cancel 1 99,10',
  ]);
});

test('hiding drops what waits and releases what is held', async () => {
  const { queue, seen } = guest();
  const source = queue.open();
  source.push(key(29, true));
  await queue.idle();
  const typing = queue.open().send([keyStroke(1), keyStroke(2)]);
  const refused = assert.rejects(
    typing,
    (e) => e instanceof RayError && e.code === 'NOT_PRESENTED',
  );
  await queue[Symbol.asyncDispose]();
  await refused;
  assert.deepEqual(seen, ['+29', '-29']);
  assert.equal(source.push(key(1, true)), false);
  await assert.rejects(queue.open().send([keyStroke(1)]));
});

test('a source that floods loses its backlog and holds nothing', async () => {
  const { queue, seen } = guest();
  const source = queue.open(10);
  source.push(key(29, true));
  await queue.idle();
  const accepted = Array.from({ length: 11 }, (_, i) => source.push(key(i + 50, true)));
  assert.deepEqual(accepted, [...Array(10).fill(true), false]);
  await queue.idle();
  assert.deepEqual(seen, ['+29', '-29']);
});

test('cancelled typing stops, and no key stays down', async () => {
  const abort = new AbortController();
  let count = 0;
  const { queue, seen } = guest({
    onTaken: () => {
      if (++count === 10) abort.abort(new RayError('CANCELLED', 'enough'));
    },
  });
  const typing = queue.open(1000).send(
    Array.from({ length: 100 }, () => keyStroke(1)),
    abort.signal,
  );
  await assert.rejects(typing, /enough/);
  await queue.idle();
  assert.ok(seen.length <= 12);
  assert.equal(seen.at(-1), '-1');
});

test('a refusal by QEMU reaches the command, and a broken chord is let go', async () => {
  let events = 0;
  const { queue, seen } = guest({ refuse: () => ++events === 2 });
  const chord = [...key(29, true), ...key(30, true), ...key(30, false), ...key(29, false)];
  await assert.rejects(queue.open().send([chord]), /QEMU refused it/);
  await queue.idle();
  assert.deepEqual(
    seen.filter((what) => what.endsWith('29')),
    ['+29', '-29'],
  );
});

test('whatever viewers do, each keeps its order, and in the end nothing is down', async () => {
  const action = fc.oneof(
    fc.record({ who: fc.nat(2), qnum: fc.integer({ min: 1, max: 4 }), down: fc.boolean() }),
    fc.record({ who: fc.nat(2), blur: fc.constant(true) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 60 }), async (actions) => {
      const { queue, seen } = guest();
      const sources = [queue.open(), queue.open(), queue.open()];
      for (const what of actions) {
        const source = sources[what.who];
        if ('blur' in what) source?.release();
        else source?.push(key(what.qnum, what.down));
        if (what.who === 0) await queue.idle();
      }
      for (const source of sources) source.close();
      await queue.idle();
      const isDown = new Map<string, boolean>();
      for (const what of seen) {
        const pressed = what.startsWith('+');
        assert.notEqual(
          isDown.get(what.slice(1)) ?? false,
          pressed,
          'no event says what is so already',
        );
        isDown.set(what.slice(1), pressed);
      }
      assert.ok([...isDown.values()].every((down) => !down));
    }),
  );
});
