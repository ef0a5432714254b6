import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compositorArguments, compositorEnvironment } from './command-line.ts';

const showing = { browser: '/b', address: 'http://127.0.0.1:7600/', profile: '/run/p' };

test('the browser shows one address as an application, and takes orders by descriptors alone', () => {
  const args = compositorArguments({ ...showing, isSoftware: true });
  assert.deepEqual(args.slice(0, 5), ['-s', '-m', 'extend', '--', '/b']);
  assert.ok(args.includes('--app=http://127.0.0.1:7600/'));
  assert.ok(args.includes('--disable-gpu'));
  assert.ok(args.includes('--remote-debugging-pipe'));
  assert.ok(!args.some((arg) => /no-sandbox|remote-debugging-port|token/.test(arg)));
  assert.ok(!compositorArguments({ ...showing, isSoftware: false }).includes('--disable-gpu'));
});

test('nothing of our environment but the keyboard goes on to them', () => {
  const own = { XDG_RUNTIME_DIR: '/run/k', SECRET: 'x', XKB_DEFAULT_LAYOUT: 'de', PATH: '/evil' };
  const env = compositorEnvironment({ isSoftware: true }, own);
  assert.equal(env.XKB_DEFAULT_LAYOUT, 'de');
  assert.equal(env.WLR_RENDERER, 'pixman');
  assert.equal(env.PATH, '/usr/bin:/bin');
  assert.ok(!('SECRET' in env));
  assert.ok(!('WLR_RENDERER' in compositorEnvironment({ isSoftware: false }, own)));
});

test('the policy of the browser lets it reach RayOS, and no other server of this machine', () => {
  const etc = join(import.meta.dirname, '../../../image/tree/etc');
  const policy = JSON.parse(
    readFileSync(join(etc, 'chromium/policies/managed/rayos.json'), 'utf8'),
  );
  assert.deepEqual(policy.URLBlocklist, ['*']);
  assert.deepEqual(policy.URLAllowlist, ['http://127.0.0.1:7600']);
  assert.deepEqual(policy.ClipboardAllowedForUrls, policy.URLAllowlist);
});
