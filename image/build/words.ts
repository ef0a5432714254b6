// What went wrong in a build of the image, in its words. Much of the work is done by what builds guests' images,
// and that speaks of these.

import { asRayError, RayError } from '../../src/contracts/index.ts';

/** Does `build`; what it throws speaks of the image. */
export async function inWordsOfTheImage<T>(build: () => Promise<T>): Promise<T> {
  try {
    return await build();
  } catch (thrown) {
    throw reworded(asRayError(thrown));
  }
}

function reworded(error: RayError): RayError {
  const program = programNotFound(error);
  if (error.code === 'CANCELLED')
    return new RayError('CANCELLED', 'the building of the image was cancelled', {}, error);
  if (error.code === 'NOT_ON_THIS_HOST' && program !== undefined)
    return new RayError(
      'NOT_ON_THIS_HOST',
      error.message,
      { remedy: `The image is built with ${program}, which Debian 12 and 13 have.` },
      error,
    );
  if (error.code !== 'IMAGE_BROKEN' && error.code !== 'IMAGE_MISSING') return error;
  const remedy =
    'Run it again: what was fetched and made is kept. RAYOS_IMAGE_LOG=1 shows what mkosi says.';
  return new RayError('BUILD_FAILED', error.message.replace(/\.$/, ''), { remedy }, error);
}

/** The program that could not be started, if that is what went wrong. */
function programNotFound({ cause }: RayError): string | undefined {
  const isSpawn =
    cause instanceof Error &&
    'syscall' in cause &&
    String(cause.syscall).startsWith('spawn') &&
    'path' in cause;
  return isSpawn ? String(cause.path) : undefined;
}
