// A running guest before a QEMU that refuses, or does not answer.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { within } from '../foundation/index.ts';
import { standIn } from './test-qemu.ts';

test('a QEMU that refuses when it is attached to keeps none of our connections', async () => {
  let refuses = true;
  await using qemu = await standIn(() =>
    refuses
      ? { error: { class: 'GenericError', desc: 'not now' } }
      : { return: { status: 'running' } },
  );
  await assert.rejects(qemu.attach(), /not now/);
  await within(qemu.left(), 10_000, () => new Error('they are held'));
  refuses = false;
  await using guest = await qemu.attach();
  assert.ok(guest, 'and it can be attached to again');
});

test('silence says nothing of a QEMU that does what we asked for', async () => {
  let answers = true;
  await using qemu = await standIn(() => (answers ? { return: { status: 'running' } } : undefined));
  await using guest = await qemu.attach();
  assert.equal(await guest?.silent(5000), undefined);
  answers = false;
  assert.equal(await guest?.silent(50), 'QEMU');
  const saved = Promise.withResolvers<void>();
  const asked = guest?.silent(200);
  const saving = guest?.quietly(() => saved.promise);
  assert.equal(await guest?.silent(50), 'busy');
  saved.resolve();
  await saving;
  assert.equal(await asked, 'busy', 'also when it was asked before and the work is done');
  assert.equal(await guest?.silent(50), 'QEMU');
});
