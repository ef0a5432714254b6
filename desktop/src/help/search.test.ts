import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchHere } from './search.ts';

const manual = [
  { name: 'folders', title: 'Folders', source: '# Folders\n\nShare a folder with a guest.\n' },
  {
    name: 'guests',
    title: 'Guests',
    source: '# Guests\n\nA guest is a machine.\n\n## Hide\n\nHide it.\n',
  },
];

test('the section with the rarer words of the question comes first', () => {
  assert.equal(searchHere('how do I share folders with a guest?', manual)[0]?.page, 'folders');
  assert.equal(searchHere('hide', manual)[0]?.heading, 'Hide');
  assert.deepEqual(searchHere('zebra', manual), []);
  assert.deepEqual(searchHere('', manual), []);
});
