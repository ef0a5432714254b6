import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addressOf, pageOf } from './pages.ts';

test('addresses name pages, and pages their addresses', () => {
  const page = pageOf('#/guest/linux-desktop/network');
  assert.deepEqual(page, {
    id: 'page:guest:linux-desktop',
    kind: 'guest',
    rest: ['linux-desktop', 'network'],
  });
  assert.equal(page && addressOf(page), '#/guest/linux-desktop/network');
  assert.equal(pageOf('#/settings')?.id, 'page:settings');
});

test('what is no page of ours opens nothing', () => {
  for (const address of ['', '#', '#token=abc', '#/', '#/toString', '#/guest', '#/guest/../x'])
    assert.equal(pageOf(address), undefined, address);
  fc.assert(
    fc.property(fc.string(), (text) => {
      const page = pageOf(`#/${text}`);
      if (page) assert.ok(page.rest.length <= 4);
    }),
  );
});
