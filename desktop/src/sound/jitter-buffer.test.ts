import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { JitterBuffer } from './jitter-buffer.ts';

const form = { rate: 48_000, channels: 2 };
const quantum = 128;

function ms(milliseconds: number, value = 1000): Int16Array {
  return new Int16Array((form.rate / 1000) * milliseconds * form.channels).fill(value);
}

function pull(buffer: JitterBuffer, quanta = 1): number[] {
  const heard: number[] = [];
  for (let i = 0; i < quanta; i++) {
    const outputs = [new Float32Array(quantum), new Float32Array(quantum)];
    buffer.pull(outputs);
    heard.push(...(outputs[0] ?? []));
  }
  return heard;
}

function started(): JitterBuffer {
  const buffer = new JitterBuffer(48_000);
  buffer.setForm(form);
  return buffer;
}

test('it begins when a little is there, and plays it as it came, channel by channel', () => {
  const buffer = started();
  buffer.push(ms(20));
  assert.deepEqual(new Set(pull(buffer)), new Set([0]));
  const ramp = Int16Array.from({ length: 48 * 60 * 2 }, (_, i) => (i % 2 === 0 ? i : -i));
  const ours = started();
  ours.push(ramp);
  const outputs = [new Float32Array(quantum), new Float32Array(quantum)];
  ours.pull(outputs);
  assert.deepEqual([...(outputs[0] ?? [])].slice(0, 3), [0, 2 / 32_768, 4 / 32_768]);
  assert.deepEqual([...(outputs[1] ?? [])].slice(0, 2), [-1 / 32_768, -3 / 32_768]);
});

test('it waits longer after it has run dry', () => {
  const buffer = started();
  buffer.push(ms(60));
  pull(buffer, 30);
  assert.equal(buffer.isPlaying, false);
  buffer.push(ms(60));
  pull(buffer);
  assert.equal(buffer.isPlaying, false);
  buffer.push(ms(30));
  pull(buffer);
  assert.equal(buffer.isPlaying, true);
});

test('what gathers is left out, so that nothing is heard late', () => {
  const buffer = started();
  for (let i = 0; i < 50; i++) buffer.push(ms(20, i + 1));
  assert.ok(buffer.waitingMs <= 180);
  const [first = 0] = pull(buffer);
  assert.ok(first * 32_768 > 40);
});

test('a short sound is played to its end, though it is less than is waited for', () => {
  const buffer = started();
  buffer.push(ms(20));
  pull(buffer);
  buffer.setForm({ rate: 0, channels: 0 });
  assert.ok(pull(buffer, 10).filter((sample) => sample !== 0).length > 900);
  assert.equal(buffer.isPlaying, false);
});

test('another rate is heard at its own pitch, one channel in both ears', () => {
  const buffer = new JitterBuffer(48_000);
  buffer.setForm({ rate: 24_000, channels: 1 });
  buffer.push(Int16Array.from({ length: 2400 }, (_, i) => i));
  const outputs = [new Float32Array(quantum), new Float32Array(quantum)];
  buffer.pull(outputs);
  assert.equal((outputs[0]?.[10] ?? 0) * 32_768, 5);
  assert.equal((outputs[0]?.[11] ?? 0) * 32_768, 5.5);
  assert.deepEqual(outputs[0], outputs[1]);
});

test('whatever comes, what goes out is sound, and the wait is bounded', () => {
  const step = fc.oneof(
    fc.record({ push: fc.integer({ min: 0, max: 200_000 }) }),
    fc.record({ pull: fc.integer({ min: 1, max: 50 }) }),
    fc.record({
      rate: fc.constantFrom(0, 8000, 44_100, 48_000, 96_000),
      channels: fc.integer({ min: 0, max: 2 }),
    }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const buffer = new JitterBuffer(48_000);
      for (const each of steps) {
        if ('push' in each) buffer.push(new Int16Array(each.push).fill(-32_768));
        else if ('pull' in each)
          assert.ok(pull(buffer, each.pull).every((sample) => sample >= -1 && sample <= 1));
        else buffer.setForm(each);
        assert.ok(buffer.waitingMs >= 0 && buffer.waitingMs <= 281);
      }
    }),
    { numRuns: 100 },
  );
});
