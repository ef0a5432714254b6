// The guest's sound against a fake QEMU: what it plays arrives, and what is wrong about it is silence.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { encodeMessage } from '../../dbus/message.ts';
import type { Value } from '../../dbus/value.ts';
import { duplicate, FakeQemu } from '../listener/fake-qemu.ts';
import { listenToSound, type SoundListener } from './index.ts';
import { createRing, RingReader, RingWriter, ringBytes } from './ring.ts';

const voice = 0x7f00_0000_1234n;

async function soundOfFake(t: TestContext): Promise<{
  sound: SoundListener;
  qemu: FakeQemu;
  looks: () => number;
}> {
  let qemu: FakeQemu | undefined;
  let looks = 0;
  const sound = await listenToSound(
    {
      async registerOutListener(fd: number) {
        qemu = new FakeQemu(duplicate(fd));
      },
    },
    () => looks++,
  );
  assert.ok(qemu);
  const peer = qemu;
  // Also of a test that fails: its thread would keep the process.
  t.after(() => stop(sound, peer));
  return { sound, qemu, looks: () => looks };
}

const init = (over: Partial<Record<'bits' | 'rate' | 'channels', number>> = {}, isFloat = false) =>
  [
    voice,
    over.bits ?? 16,
    true,
    isFloat,
    over.rate ?? 48_000,
    over.channels ?? 2,
    4,
    192_000,
    false,
  ] satisfies Value[];
const initForm = 'tybbuyuub';
const pcm = (...samples: number[]) => new Uint8Array(new Int16Array(samples).buffer);

async function stop(sound: SoundListener, qemu: FakeQemu): Promise<void> {
  await sound[Symbol.asyncDispose]();
  await qemu[Symbol.asyncDispose]();
}

test('what the guest plays arrives with its form, in order, and wakes whoever listens', async (t) => {
  const { sound, qemu, looks } = await soundOfFake(t);
  assert.deepEqual(sound.take(), { rate: 0, channels: 0, pcm: new Uint8Array() });
  await qemu.call('Init', initForm, init());
  await qemu.call('SetEnabled', 'tb', [voice, true]);
  await qemu.call('Write', 'tay', [voice, pcm(1, -1, 2, -2)]);
  await qemu.call('Write', 'tay', [voice, pcm(3, -3)]);
  assert.ok(looks() >= 1);
  assert.deepEqual(sound.take(), { rate: 48_000, channels: 2, pcm: pcm(1, -1, 2, -2, 3, -3) });
  await qemu.call('Fini', 't', [voice]);
  assert.equal(sound.take().rate, 0);
});

test("QEMU's volume and mute are applied; another voice and half a frame are left out", async (t) => {
  const { sound, qemu } = await soundOfFake(t);
  await qemu.call('Init', initForm, init());
  await qemu.call('SetVolume', 'tbay', [voice, false, Uint8Array.of(255, 51)]);
  await qemu.call('Write', 'tay', [voice, pcm(1000, 1000)]);
  await qemu.call('SetVolume', 'tbay', [voice, true, Uint8Array.of(255, 255)]);
  await qemu.call('Write', 'tay', [voice, pcm(1000, 1000)]);
  await qemu.call('SetVolume', 'tbay', [voice, false, Uint8Array.of()]);
  await qemu.call('Write', 'tay', [voice, pcm(7, 7)]);
  await qemu.call('Write', 'tay', [99n, pcm(9, 9)]);
  await qemu.call('Write', 'tay', [voice, Uint8Array.of(1, 2, 3)]);
  assert.deepEqual(sound.take().pcm, pcm(1000, 200, 0, 0, 7, 7));
});

for (const [what, body] of [
  ['of floats', init({ bits: 32 }, true)],
  ['of 8 bits', init({ bits: 8 })],
  ['of a thousand kHz', init({ rate: 1_000_000 })],
  ['of no channels', init({ channels: 0 })],
  ['of 200 channels', init({ channels: 200 })],
] as const)
  test(`sound ${what} is silence`, async (t) => {
    const { sound, qemu } = await soundOfFake(t);
    await qemu.call('Init', initForm, init());
    await qemu.call('Init', initForm, body);
    await qemu.call('Write', 'tay', [voice, pcm(1, 2)]);
    assert.deepEqual(sound.take(), { rate: 0, channels: 0, pcm: new Uint8Array() });
  });

test('a flood is dropped beyond the ring, and is one thing to look at', async (t) => {
  const { sound, qemu, looks } = await soundOfFake(t);
  await qemu.call('Init', initForm, init());
  sound.take();
  const before = looks();
  for (let i = 0; i < 200; i++)
    await qemu.call('Write', 'tay', [voice, new Uint8Array(3840).fill(1)]);
  assert.ok(looks() <= before + 2);
  assert.ok(sound.take().pcm.length <= ringBytes);
});

for (const [what, signature, body] of [
  ['of other types', 's', ['x']],
  ['that is too long', 'tay', [voice, new Uint8Array(500_000)]],
] as const)
  test(`a hostile call ${what} ends the listening, and nothing leaks`, {
    timeout: 20_000,
  }, async (t) => {
    const before = readdirSync('/proc/self/fd').length;
    const { sound, qemu } = await soundOfFake(t);
    const head = {
      type: 'call',
      serial: 1,
      path: '/x',
      interface: 'x.y',
      member: 'Write',
    } as const;
    await qemu.raw(encodeMessage({ ...head, signature, body, fdCount: 0 })).catch(() => {});
    assert.match(await sound.closed, /./);
    await stop(sound, qemu);
    assert.equal(readdirSync('/proc/self/fd').length, before);
  });

test('a guest without a sound card: it is said, and nothing leaks', async () => {
  const before = readdirSync('/proc/self/fd').length;
  const none = { registerOutListener: () => Promise.reject(new Error('no such object')) };
  await assert.rejects(
    listenToSound(none, () => {}),
    /no such object/,
  );
  assert.equal(readdirSync('/proc/self/fd').length, before);
});

test('the ring: what is taken is what was written, but for what did not fit', () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ write: fc.integer({ min: 0, max: ringBytes + 100 }) }),
      fc.constant({ take: true }),
      fc.record({ channels: fc.integer({ min: 1, max: 2 }) }),
    ),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(steps, (all) => {
      const ring = createRing();
      let wakes = 0;
      const writer = new RingWriter(ring, () => wakes++);
      const reader = new RingReader(ring);
      let channels = 0;
      let expected: number[] = [];
      let next = 0;
      for (const step of all) {
        if ('channels' in step) {
          if (step.channels === channels) continue;
          // Without the board's reader in between, the position where it last took bounds what fits.
          reader.take();
          expected = [];
          channels = step.channels;
          writer.setForm({ rate: 48_000, channels });
        } else if ('write' in step) {
          const bytes = Uint8Array.from({ length: step.write }, () => next++ & 0xff);
          writer.write(bytes);
          const frame = channels * 2;
          const room = ringBytes - expected.length;
          const fits = frame === 0 ? 0 : Math.floor(Math.min(bytes.length, room) / frame) * frame;
          expected.push(...bytes.subarray(0, fits));
        } else {
          const taken = reader.take();
          assert.equal(taken.channels, channels);
          assert.deepEqual([...taken.pcm], expected);
          expected = [];
        }
      }
      assert.ok(wakes <= all.length);
    }),
    { numRuns: 60 },
  );
});
