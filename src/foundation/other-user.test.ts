import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { canBecome, isLent, startAs } from './other-user.ts';
import { until } from './testing-until.ts';

test('ids are lent to a user by name or number, from the first on, so many of them', () => {
  const text = '# lent\nrayos:1000:10\n\n700:5000:1\nother:9000:5\nrayos:broken:1\nrayos:20000:2\n';
  const names = ['700', 'rayos'];
  const lent = [999, 1000, 1009, 1010, 4999, 5000, 5001, 9000, 20_000, 20_001, 20_002];
  assert.deepEqual(
    lent.filter((id) => isLent(id, text, names)),
    [1000, 1009, 5000, 20_000, 20_001],
  );
  assert.equal(isLent(1000, '', names), false);
});

test('whatever stands in the file, an id is lent only by a whole line of a name that is ours', () => {
  const id = fc.integer({ min: 0, max: 2 ** 31 });
  fc.assert(
    fc.property(
      fc.string(),
      id,
      (text, uid) => !isLent(uid, text.replaceAll(/^ada:/gm, ''), ['ada']),
    ),
  );
  const count = fc.integer({ min: 1, max: 70_000 });
  fc.assert(
    fc.property(fc.string(), id, count, (noise, first, many) => {
      const text = `${noise}\nada:${first}:${many}\n`;
      return isLent(first, text, ['ada']) && isLent(first + many - 1, text, ['ada']);
    }),
  );
});

test('without ids a program is started as it is', () => {
  const plain = startAs({}, '/bin/true', ['a']);
  assert.deepEqual(plain, { file: '/bin/true', args: ['a'], ids: {} });
});

test('a program that runs as another user is that user, in no other group, and can be ended', async (t) => {
  const uid = 1_899_998_500;
  if (!canBecome(uid)) return t.skip('no ids are lent to this user');
  const { file, args, ids } = startAs({ uid, gid: uid }, '/bin/sleep', ['100']);
  const child = spawn(file, args, { stdio: 'ignore', ...ids });
  const ended = once(child, 'exit');
  const status = () => readFileSync(`/proc/${child.pid}/status`, 'utf8');
  await until(() => /^Name:\tsleep/m.test(status()), 'sleep to run');
  assert.match(status(), new RegExp(`^Uid:\\t${uid}\\t${uid}\\t${uid}\\t${uid}$`, 'm'));
  assert.match(status(), /^Groups:\s*$/m);
  assert.match(status(), /^CapEff:\t0+$/m);
  child.kill('SIGKILL');
  assert.deepEqual(await ended, [null, 'SIGKILL']);
});

test('an ordinary user with lent ids starts programs in a namespace that has this id alone', () => {
  const { file, args, ids } = startAs({ uid: 77, gid: 78 }, '/usr/bin/id', ['-u'], false);
  assert.equal(file, '/usr/bin/unshare');
  assert.ok(args.includes('--map-users=77,1000,1') && args.includes('--map-groups=78,1000,1'));
  assert.deepEqual(args.slice(-2), ['/usr/bin/id', '-u']);
  assert.deepEqual(ids, {});
});
