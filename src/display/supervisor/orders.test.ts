import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { MessageCutter, Orders } from './orders.ts';

test('messages are the same however they arrive', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.integer({ min: 1, max: 9 }), (values, step) => {
      const bytes = Buffer.from(values.map((value) => `${JSON.stringify(value)}\0`).join(''));
      const cutter = new MessageCutter();
      const found: unknown[] = [];
      for (let at = 0; at < bytes.length; at += step)
        found.push(...(cutter.push(bytes.subarray(at, at + step)) ?? ['broken']));
      assert.deepEqual(found, JSON.parse(JSON.stringify(values)));
    }),
  );
});

test('no bytes make the cutter throw, and a message without an end is bounded', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => void new MessageCutter().push(Buffer.from(bytes))),
  );
  const cutter = new MessageCutter();
  let isOver = false;
  for (let i = 0; i < 100 && !isOver; i++)
    isOver = cutter.push(Buffer.alloc(65_536, 32)) === undefined;
  assert.ok(isOver);
});

test('an order gets its own answer; a crash is heard; a browser that goes ends what waits', async () => {
  const [to, from] = [new PassThrough(), new PassThrough()];
  const orders = new Orders(to, from);
  const said = new MessageCutter();
  to.on('data', (chunk: Buffer) => {
    for (const message of said.push(chunk) ?? []) {
      const { id, method } = message as { id: number; method: string };
      if (method === 'Good') from.write(`${JSON.stringify({ id, result: { id } })}\0`);
      if (method === 'Bad') from.write(`${JSON.stringify({ id, error: { message: 'no' } })}\0`);
    }
  });
  assert.deepEqual(await orders.send('Good', {}, 10_000), { id: 1 });
  await assert.rejects(orders.send('Bad', {}, 10_000), /no/);
  await assert.rejects(orders.send('Silent', {}, 20), /does not answer/);
  const crashed = new Promise<void>((resolve) => orders.onCrash(resolve));
  from.write('{"method":"Inspector.targetCrashed","params":{}}\0');
  await crashed;
  const waiting = orders.send('Silent', {}, 60_000);
  from.destroy();
  await assert.rejects(waiting, /has gone/);
  await assert.rejects(orders.send('Good', {}, 10_000), /has gone/);
});
