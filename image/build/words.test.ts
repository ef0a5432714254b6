import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run, runWell } from '../../guest-images/build/run.ts';
import { RayError } from '../../src/contracts/index.ts';
import { inWordsOfTheImage } from './words.ts';

/** What a person is told when `build` goes wrong. */
async function told(build: () => Promise<unknown>): Promise<RayError> {
  return await inWordsOfTheImage(build).then(
    () => assert.fail('nothing went wrong'),
    (thrown) => thrown as RayError,
  );
}

test('what goes wrong is told of the image, never of a guest’s', async () => {
  const cancelled = await told(() => run('true', [], { signal: AbortSignal.abort() }));
  assert.equal(cancelled.code, 'CANCELLED');
  const missing = await told(() => run('no-such-program-of-rayos', []));
  assert.equal(missing.code, 'NOT_ON_THIS_HOST');
  assert.match(missing.next, /^The image is built with no-such-program-of-rayos/);
  const failed = await told(() => runWell('sh', ['-c', 'echo why >&2; exit 3']));
  assert.equal(failed.code, 'BUILD_FAILED');
  assert.match(failed.message, /why/);
  for (const { message, next } of [cancelled, missing, failed])
    assert.doesNotMatch(`${message} ${next}`, /guest/i);
});

test('what has its own words keeps them', async () => {
  const error = new RayError('NOT_ON_THIS_HOST', 'not here', { remedy: 'Go there.' });
  assert.equal(await told(() => Promise.reject(error)), error);
});
