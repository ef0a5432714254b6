import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { FramerMessage } from '../../contracts/viewer-protocol.ts';
import type { Sound } from '../../hypervisor/display/index.ts';
import { type Hearer, SoundStage } from './sound.ts';

function fakeQemu() {
  let next: Sound = { rate: 0, channels: 0, pcm: new Uint8Array() };
  let onChange = () => {};
  const state = { open: 0, opened: 0 };
  return {
    state,
    play(samples: number[], rate = 48_000) {
      next = {
        rate,
        channels: rate === 0 ? 0 : 2,
        pcm: new Uint8Array(new Int16Array(samples).buffer),
      };
      onChange();
    },
    async open(changed: () => void) {
      onChange = changed;
      state.open++;
      state.opened++;
      return {
        take: () => next,
        closed: new Promise<string>(() => {}),
        async [Symbol.asyncDispose]() {
          onChange = () => {};
          state.open--;
        },
      };
    },
  };
}

function viewer(isBehind = () => false) {
  const told: FramerMessage[] = [];
  const sent: Uint8Array[] = [];
  const hearer: Hearer = {
    tell: (message) => void told.push(message),
    sendSound: (message) => !isBehind() && sent.push(message) > 0,
  };
  const samples = () => sent.flatMap((m) => [...new Int16Array(m.slice(12).buffer)]);
  return { ...hearer, told, sent, samples };
}

const turns = async () => {
  for (let i = 0; i < 10; i++) await Promise.resolve();
};
const silence = { type: 'sound', rate: 0, channels: 0 };
const sounding = { type: 'sound', rate: 48_000, channels: 2 };

test('who wants it hears; QEMU is listened to only while somebody does', async () => {
  const qemu = fakeQemu();
  await using stage = new SoundStage({ open: qemu.open });
  const [a, b] = [viewer(), viewer()];
  assert.equal(qemu.state.opened, 0);
  stage.want(a, true);
  stage.want(a, true);
  await turns();
  assert.equal(qemu.state.opened, 1);
  qemu.play([1, 2, 3, 4]);
  assert.deepEqual(a.told, [silence, sounding]);
  assert.deepEqual(a.samples(), [1, 2, 3, 4]);
  stage.want(b, true);
  assert.deepEqual(b.told, [sounding]);
  qemu.play([5, 6]);
  assert.deepEqual(b.samples(), [5, 6]);
  stage.want(a, false);
  stage.want(b, false);
  await turns();
  assert.equal(qemu.state.open, 0);
  stage.want(b, true);
  await turns();
  assert.equal(qemu.state.opened, 2);
});

test('silence is told once and not sent; sound after it begins anew', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  const qemu = fakeQemu();
  await using stage = new SoundStage({ open: qemu.open });
  const ear = viewer();
  stage.want(ear, true);
  await turns();
  qemu.play([0, 0, 0, 0]);
  assert.equal(ear.sent.length, 0);
  qemu.play([1, 1]);
  qemu.play([0, 0]);
  assert.equal(ear.sent.length, 2);
  mock.timers.tick(400);
  qemu.play([0, 0]);
  qemu.play([0, 0]);
  assert.equal(ear.sent.length, 2);
  assert.deepEqual(ear.told, [silence, sounding, silence]);
  qemu.play([2, 2]);
  qemu.play([], 0);
  assert.deepEqual(ear.told, [silence, sounding, silence, sounding, silence]);
});

test('a viewer that is behind misses sound and does not get it later', async () => {
  const qemu = fakeQemu();
  await using stage = new SoundStage({ open: qemu.open });
  let isBehind = true;
  const [slow, quick] = [viewer(() => isBehind), viewer()];
  stage.want(slow, true);
  stage.want(quick, true);
  await turns();
  qemu.play([1, 1]);
  isBehind = false;
  qemu.play([2, 2]);
  assert.deepEqual(slow.samples(), [2, 2]);
  assert.deepEqual(quick.samples(), [1, 1, 2, 2]);
});

test('of what gathered while nobody took it, the newest is sent', async () => {
  const qemu = fakeQemu();
  await using stage = new SoundStage({ open: qemu.open });
  const ear = viewer();
  stage.want(ear, true);
  await turns();
  const samples = Array.from({ length: 48_000 }, (_, i) => 1 + (i % 1000));
  qemu.play(samples);
  const heard = ear.samples();
  assert.equal(heard.length, 48_000 * 0.12 * 2);
  assert.deepEqual(heard, samples.slice(-heard.length));
});

test('a QEMU that refuses leaves silence, and is asked again by the next one', async () => {
  let asked = 0;
  await using stage = new SoundStage({
    open: () => {
      asked++;
      return Promise.reject(new Error('no card'));
    },
  });
  const [a, b] = [viewer(), viewer()];
  stage.want(a, true);
  await turns();
  stage.want(b, true);
  await turns();
  assert.equal(asked, 2);
  assert.deepEqual(a.told, [silence]);
});
