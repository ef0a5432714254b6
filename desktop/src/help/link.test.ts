import assert from 'node:assert/strict';
import { test } from 'node:test';
import { targetOf } from './link.ts';

test('links lead to pages here or to web sites, and nowhere else', () => {
  assert.deepEqual(targetOf('policy.md', 'start'), { kind: 'page', address: '#/help/policy' });
  assert.deepEqual(targetOf('policy.md#allow', 'start'), {
    kind: 'page',
    address: '#/help/policy/allow',
  });
  assert.deepEqual(targetOf('#keys', 'desktop'), { kind: 'page', address: '#/help/desktop/keys' });
  assert.equal(targetOf('https://www.debian.org/', 'start').kind, 'site');
  for (const bad of ['javascript:alert(1)', 'data:text/html,x', '../src/x.ts', '//evil', 'ftp://x'])
    assert.equal(targetOf(bad, 'start').kind, 'none', bad);
});
