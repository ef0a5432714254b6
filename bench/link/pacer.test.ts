import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Pacer } from './pacer.ts';

test('one packet takes its own time and the delay', () => {
  const pacer = new Pacer({ bytesPerSecond: 1000, delayMs: 20 });
  assert.equal(pacer.arrival(100, 5), 125);
  assert.equal(pacer.backlogMs(5), 100);
  assert.equal(pacer.backlogMs(1000), 0);
});

test('bytes wait for those before them, and never overtake', () => {
  const pacer = new Pacer({ bytesPerSecond: 1000, delayMs: 20 });
  assert.deepEqual([pacer.arrival(100, 0), pacer.arrival(50, 10)], [120, 170]);
  assert.equal(pacer.arrival(50, 1000), 1070);
});

test('however bytes come, the rate is kept', () => {
  const packet = fc.record({ bytes: fc.integer({ min: 1, max: 1e6 }), afterMs: fc.nat(500) });
  fc.assert(
    fc.property(fc.array(packet, { minLength: 1 }), (packets) => {
      const pacer = new Pacer({ bytesPerSecond: 2_500_000, delayMs: 20 });
      let [now, last, total] = [0, 0, 0];
      for (const { bytes, afterMs } of packets) {
        now += afterMs;
        total += bytes;
        const at = pacer.arrival(bytes, now);
        assert.ok(at > last && at >= now + 20);
        assert.ok(at - 20 + 1e-6 >= (total / 2_500_000) * 1000, 'not faster than the link');
        last = at;
      }
    }),
  );
});
