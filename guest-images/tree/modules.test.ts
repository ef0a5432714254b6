import assert from 'node:assert/strict';
import { test } from 'node:test';
import { moduleElf } from '../testing/elf-writer.ts';
import { ModuleError, modulesInLoadOrder } from './modules.ts';

const kernel: Readonly<Record<string, string>> = {
  virtio_gpu: 'drm_kms_helper,drm,virtio-dma-buf',
  drm_kms_helper: 'drm',
  drm: '',
  virtio_dma_buf: '',
  left: 'right',
  right: 'left',
  wants_builtin: 'serial',
};
const read = async (name: string) => {
  const depends = kernel[name];
  return depends === undefined ? undefined : moduleElf(['license=GPL', `depends=${depends}`]);
};
const order = async (...wanted: string[]) =>
  (await modulesInLoadOrder(wanted, new Set(['serial']), read)).map((m) => m.name);

test('every module comes after those that it needs, once', async () => {
  const names = await order('virtio-gpu', 'drm');
  assert.deepEqual(names, ['drm', 'drm_kms_helper', 'virtio_dma_buf', 'virtio_gpu']);
});

test('what is built into the kernel is not looked for', async () => {
  assert.deepEqual(await order('wants_builtin', 'serial'), ['wants_builtin']);
});

test('a missing module and a circle are told apart', async () => {
  await assert.rejects(order('gone'), ModuleError);
  await assert.rejects(order('left'), /in a circle: left, right/);
});
