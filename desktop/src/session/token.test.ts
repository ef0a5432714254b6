import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tokenInFragment, tokenInText } from './token.ts';

test('a token is found in the fragment', () => {
  assert.equal(tokenInFragment('#token=abc-123_XYZ'), 'abc-123_XYZ');
  assert.equal(tokenInFragment('#other=1'), undefined);
  assert.equal(tokenInFragment(''), undefined);
  assert.equal(tokenInFragment('#token='), undefined);
});

test('a person may paste the address, its fragment or the token', () => {
  for (const pasted of [
    'http://127.0.0.1:7878/#token=abcdefgh12',
    '  http://localhost:7878/#token=abcdefgh12\n',
    '#token=abcdefgh12',
    'token=abcdefgh12',
    'abcdefgh12',
  ])
    assert.equal(tokenInText(pasted), 'abcdefgh12', pasted);
});

test('what cannot be a token is not sent', () => {
  for (const pasted of ['', 'hello', 'npx rayos login', 'http://127.0.0.1:7878/'])
    assert.equal(tokenInText(pasted), undefined, pasted);
});
