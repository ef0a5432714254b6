import assert from 'node:assert/strict';
import {
  fsyncSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { type BootRecord, decodeRecords, encodeRecord, stages } from './record.ts';
import { type AppendCalls, RecordFile } from './record-file.ts';

const text = fc.string({ unit: 'binary', maxLength: 40 });
const record: fc.Arbitrary<BootRecord> = fc.record(
  {
    event: fc.constantFrom(...stages, 'STOPPED' as const),
    time: text,
    monotonicMs: fc.nat(),
    bootId: text,
    version: text,
    entry: text,
    reason: text,
  },
  { noNullPrototype: true },
);

const plain = (n: number): BootRecord => ({
  event: 'KERNEL',
  time: '2026-11-23T19:00:00.000Z',
  monotonicMs: n,
  bootId: `boot-${n}`,
  version: '1',
  entry: 'rayos_1+2-1.efi',
  reason: 'power on',
});

function folder(): { file: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'rayos-boot-'));
  return { file: join(path, 'boots'), [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

test('records read back as they were written', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 6 }), (all) => {
      const read = decodeRecords(Buffer.concat(all.map(encodeRecord)));
      assert.deepEqual(read.records, all);
      assert.equal(read.damaged, 0);
    }),
  );
});

test('a tail torn anywhere costs its record only', () => {
  const whole = Buffer.concat([plain(1), plain(2), plain(3)].map(encodeRecord));
  const two = Buffer.concat([plain(1), plain(2)].map(encodeRecord)).length;
  for (let cut = two; cut < whole.length; cut++) {
    const read = decodeRecords(whole.subarray(0, cut));
    assert.deepEqual(read.records, [plain(1), plain(2)]);
    assert.equal(read.soundBytes, two);
  }
});

test('any one byte changed costs its record only', () => {
  const parts = [plain(1), plain(2), plain(3)].map(encodeRecord);
  const [first, second] = [parts[0]?.length ?? 0, parts[1]?.length ?? 0];
  for (let at = first; at < first + second; at++)
    for (const value of [0x00, 0x0a, 0x1e, 0xff]) {
      const bytes = Buffer.concat(parts);
      if (bytes[at] === value) continue;
      bytes[at] = value;
      const { records, damaged } = decodeRecords(bytes);
      assert.deepEqual(
        records.filter(({ monotonicMs }) => monotonicMs !== 2),
        [plain(1), plain(3)],
      );
      assert.equal(records.length, 2);
      assert.ok(damaged > 0);
    }
});

test('any bytes are read to their end', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(record.map(encodeRecord), fc.uint8Array())), (parts) => {
      const bytes = Buffer.concat(parts);
      assert.ok(decodeRecords(bytes).soundBytes <= bytes.length);
    }),
  );
});

test('a power cut at any byte of an append: earlier records stay, the next append mends', () => {
  using dir = folder();
  const before = Buffer.concat([plain(1), plain(2)].map(encodeRecord));
  const added = encodeRecord(plain(3));
  for (let cut = 0; cut < added.length; cut++) {
    writeFileSync(dir.file, Buffer.concat([before, added.subarray(0, cut)]));
    const file = new RecordFile(dir.file);
    file.append(plain(4));
    assert.deepEqual(file.read(), {
      records: [plain(1), plain(2), plain(4)],
      damaged: 0,
      soundBytes: statSync(dir.file).size,
    });
  }
});

test('a failure of any call is told, and costs no earlier record', () => {
  const real: AppendCalls = {
    open: (path) => openSync(path, 'r+'),
    truncate: ftruncateSync,
    write: (d, bytes, position) => writeSync(d, bytes, 0, Math.min(bytes.length, 50), position),
    fsync: fsyncSync,
    syncDirectory: () => {},
  };
  for (const name of ['open', 'truncate', 'write', 'fsync'] as const) {
    using dir = folder();
    new RecordFile(dir.file).append(plain(1));
    const broken = new RecordFile(dir.file, {
      calls: {
        ...real,
        [name]: () => {
          throw new Error('no space left');
        },
      },
    });
    assert.throws(() => broken.append(plain(2)), { code: 'STATE_UNWRITABLE' }, name);
    assert.deepEqual(new RecordFile(dir.file).read().records[0], plain(1));
    const whole = new RecordFile(dir.file, { calls: real });
    whole.append(plain(3));
    const kept = whole.read().records;
    assert.deepEqual([kept[0], kept.at(-1)], [plain(1), plain(3)], 'short writes are continued');
  }
  using nothing = folder();
  const first = new RecordFile(nothing.file, {
    calls: {
      ...real,
      open: (path) => openSync(path, 'wx+'),
      syncDirectory: () => {
        throw new Error('input/output error');
      },
    },
  });
  assert.throws(() => first.append(plain(1)), { code: 'STATE_UNWRITABLE' });
});

test('the record is synced before append returns, the name of a new file too', () => {
  using dir = folder();
  const said: string[] = [];
  const calls: AppendCalls = {
    open: (path) => openSync(path, 'w+'),
    truncate: () => {},
    write: (d, bytes, position) => {
      said.push('write');
      return writeSync(d, bytes, 0, bytes.length, position);
    },
    fsync: () => void said.push('fsync'),
    syncDirectory: () => void said.push('directory'),
  };
  new RecordFile(dir.file, { calls }).append(plain(1));
  assert.deepEqual(said, ['write', 'fsync', 'directory']);
});

test('the file is bounded; the newest records stay', () => {
  using dir = folder();
  const file = new RecordFile(dir.file, { maxBytes: 4000 });
  for (let n = 1; n <= 200; n++) file.append(plain(n));
  assert.ok(statSync(dir.file).size <= 4000);
  const { records } = file.read();
  assert.deepEqual(
    records,
    records.map((_, i) => plain(200 - records.length + 1 + i)),
  );
  assert.ok(records.length > 5);
  assert.equal(readFileSync(dir.file)[0], 0x1e);
});
