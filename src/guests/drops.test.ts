import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { RayError } from '../contracts/index.ts';
import { checkFileName, Drops, prepareDrops } from './drops.ts';

function places() {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-drops-'));
  return {
    dropDir: join(folder, 'drop'),
    droppingDir: join(folder, 'dropping'),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

const bytes = (...parts: string[]) => Readable.from(parts.map((part) => Buffer.from(part)));

test('a dropped file gets its name when all of it is there; a second one a number', async () => {
  using here = places();
  const drops = new Drops();
  for (const name of ['letter.txt', 'letter (2).txt']) {
    const token = drops.expect('g', 'letter.txt', 6, here);
    const dropped = await drops.take('g', token, bytes('let', 'ter'));
    assert.deepEqual(dropped, { id: 'g', file: name, bytes: 6 });
    assert.equal(readFileSync(join(here.dropDir, name), 'utf8'), 'letter');
  }
  assert.equal(statSync(join(here.dropDir, 'letter.txt')).mode & 0o777, 0o644);
  assert.deepEqual(readdirSync(here.droppingDir), []);
});

test('a file that is cut off, too long or too short leaves nothing', async () => {
  using here = places();
  const drops = new Drops();
  const cut = new Readable({
    read() {
      this.push('half');
      this.destroy(new Error('the browser has gone'));
    },
  });
  const wrong: [Readable, string][] = [
    [bytes('more', 'than'), 'BAD_REQUEST'],
    [bytes('few'), 'BAD_REQUEST'],
    [cut, 'CANCELLED'],
  ];
  for (const [body, code] of wrong) {
    const token = drops.expect('g', 'file', 5, here);
    await assert.rejects(drops.take('g', token, body), { code });
  }
  assert.deepEqual(readdirSync(here.dropDir), []);
  assert.deepEqual(readdirSync(here.droppingDir), []);
});

test('a place is for one file of one guest, once, and for a minute', async () => {
  using here = places();
  let now = 0;
  const drops = new Drops(() => now);
  const refused = { code: 'BAD_REQUEST' };
  const first = drops.expect('g', 'a', 1, here);
  await assert.rejects(drops.take('other', first, bytes('a')), refused);
  await assert.rejects(drops.take('g', first, bytes('a')), refused);
  const second = drops.expect('g', 'a', 1, here);
  now = 61_000;
  await assert.rejects(drops.take('g', second, bytes('a')), refused);
  assert.throws(() => drops.expect('g', 'a', 2 ** 60, here), { code: 'STATE_UNWRITABLE' });
});

test('a file of which nothing more comes is given up, and so is one whose sender may not send it any more', async (t) => {
  using here = places();
  const drops = new Drops();
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const stalled = () => new Readable({ read() {} });
  const body = stalled();
  const silent = drops.take('g', drops.expect('g', 'a', 9, here), body);
  t.mock.timers.tick(50_000);
  body.push('half');
  while (body.readableLength > 0) await new Promise((resolve) => setImmediate(resolve));
  t.mock.timers.tick(50_000);
  assert.equal(body.destroyed, false);
  t.mock.timers.tick(10_000);
  await assert.rejects(silent, { code: 'CANCELLED', message: /nothing more/ });
  assert.equal(body.destroyed, true);
  const signedOut = new AbortController();
  const token = drops.expect('g', 'b', 9, here);
  const ended = drops.take('g', token, stalled(), signedOut.signal);
  signedOut.abort(new RayError('NOT_SIGNED_IN', 'this session has been signed out'));
  await assert.rejects(ended, { code: 'NOT_SIGNED_IN' });
  assert.deepEqual([...readdirSync(here.dropDir), ...readdirSync(here.droppingDir)], []);
});

test('files that come together have room together, or are refused before their bytes come', async () => {
  using here = places();
  let now = 0;
  const drops = new Drops(() => now);
  const { bavail, bsize } = statfsSync(join(here.dropDir, '../..'));
  const most = Math.floor((bavail * bsize) / 2);
  const body = new Readable({ read() {} });
  const refused = { code: 'STATE_UNWRITABLE' };
  const first = drops.expect('g', 'film', most, here);
  assert.throws(() => drops.expect('g', 'another film', most, here), refused);
  const coming = drops.take('g', first, body);
  now = 61_000;
  assert.throws(() => drops.expect('g', 'another film', most, here), refused);
  body.destroy(new Error('the browser has gone'));
  await assert.rejects(coming, { code: 'CANCELLED' });
  drops.expect('g', 'another film', most, here);
  now = 122_001; // nobody came with its bytes
  drops.expect('g', 'a third', most, here);
});

test('no name leads out of the folder', () => {
  for (const name of [
    '.',
    '..',
    '../x',
    'a/b',
    '/etc/passwd',
    'a\0',
    'a\n',
    '\ud800',
    'x'.repeat(300),
  ])
    assert.throws(() => checkFileName(name), { code: 'BAD_REQUEST' }, JSON.stringify(name));
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      try {
        checkFileName(name);
      } catch {
        return;
      }
      assert.equal(join('/drop', name).startsWith('/drop/') || name === '', true);
      assert.ok(!name.includes('/'));
    }),
  );
});

test('what a stop has cut off is forgotten at the next start', () => {
  using here = places();
  new Drops().expect('g', 'a', 1, here);
  assert.ok(existsSync(here.droppingDir));
  prepareDrops(here);
  assert.ok(!existsSync(here.droppingDir) && existsSync(here.dropDir));
});

test('a disk that fills while the bytes come is told, and nothing of the file is left', async (t) => {
  using here = places();
  const disk = join(here.dropDir, '..', 'disk');
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=72m,mode=700', 'rayos', disk], {
      stdio: 'ignore',
    });
  } catch {
    return t.skip('no file system can be mounted here: it needs root');
  }
  try {
    const on = { dropDir: join(disk, 'drop'), droppingDir: join(disk, 'dropping') };
    const drops = new Drops();
    const token = drops.expect('g', 'letter.txt', 4 << 20, on);
    assert.throws(() => drops.expect('g', 'film', 64 << 20, on), { code: 'STATE_UNWRITABLE' });
    assert.throws(() => writeFileSync(join(disk, 'ballast'), Buffer.alloc(80 << 20)), /ENOSPC/);
    const taken = drops.take('g', token, Readable.from([Buffer.alloc(4 << 20)]));
    await assert.rejects(taken, { code: 'STATE_UNWRITABLE' });
    assert.deepEqual([...readdirSync(on.dropDir), ...readdirSync(on.droppingDir)], []);
    rmSync(join(disk, 'ballast'));
    const again = drops.expect('g', 'letter.txt', 6, on);
    assert.equal((await drops.take('g', again, bytes('letter'))).bytes, 6);
  } finally {
    execFileSync('umount', ['-l', disk]);
  }
});
