// The date of an image: no file in it is newer.

import { run } from '../../guest-images/build/run.ts';
import { RayError } from '../../src/contracts/index.ts';

/** Seconds since 1970: SOURCE_DATE_EPOCH, or when the last commit of the clone at `folder` was made. */
export async function sourceDate(folder: string, signal?: AbortSignal): Promise<number> {
  const given = Number(process.env.SOURCE_DATE_EPOCH);
  if (given > 0) return given;
  const command = ['-C', folder, 'log', '-1', '--format=%ct'];
  const { code, output, errors } = await run('git', command, { signal });
  const seconds = Number(output.toString().trim());
  if (code === 0 && seconds > 0) return seconds;
  const words = errors.trim().split('\n')[0] || 'there is no commit here';
  throw new RayError('BUILD_FAILED', `the image has no date, as git says: ${words}`, {
    remedy: 'Build it in a clone of the repository, or set SOURCE_DATE_EPOCH.',
  });
}
