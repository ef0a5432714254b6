import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { diskTotals, type Totals, totalsOf, UsageMeter } from './usage.ts';

test('rates are those since the measurement before; five minutes are kept', async () => {
  let now = 0;
  let totals: Totals = { cpuSeconds: 1, memoryBytes: 0, diskReadBytes: 0, diskWriteBytes: 0 };
  using meter = new UsageMeter(
    async () => totals,
    () => now,
  );
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(meter.samples(), []);
  now = 2000;
  totals = { cpuSeconds: 4, memoryBytes: 3 * 2 ** 20, diskReadBytes: 8192, diskWriteBytes: 2048 };
  await meter.look();
  assert.deepEqual(meter.newest, {
    time: '1970-01-01T00:00:02.000Z',
    cpuPercent: 150,
    memoryMiB: 3,
    diskReadBytesPerSecond: 4096,
    diskWriteBytesPerSecond: 1024,
    networkReceivedBytesPerSecond: 0,
    networkSentBytesPerSecond: 0,
  });
  for (let i = 0; i < 200; i++) await meter.look();
  assert.equal(meter.samples().length, 150);
});

test('a QEMU that does not answer, or has gone, leaves a gap and no error', async () => {
  let answers = false;
  using meter = new UsageMeter(async () => {
    if (!answers) throw new Error('QEMU did not answer');
    return undefined;
  });
  await meter.look();
  answers = true;
  await meter.look();
  assert.deepEqual(meter.samples(), []);
});

test('a real process is measured', async () => {
  const qmp = { execute: async () => [{ stats: { rd_bytes: 5, wr_bytes: 6 } }] };
  const totals = await totalsOf(process.pid, qmp);
  assert.ok(totals && totals.cpuSeconds > 0 && totals.memoryBytes > 10 * 2 ** 20);
  assert.equal(totals.diskReadBytes, 5);
  assert.equal(await totalsOf(2 ** 30, qmp), undefined);
});

test('whatever QEMU answers about its disks, the sums are numbers', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.anything(), fc.array(fc.object({ key: fc.constantFrom('stats') }))),
      (answer) => {
        const { diskReadBytes, diskWriteBytes } = diskTotals(answer);
        assert.ok(Number.isFinite(diskReadBytes) && Number.isFinite(diskWriteBytes));
      },
    ),
  );
});
