// `npm run image [-- --out DIR] [--json]`: builds the bootable image and says where it is.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { printProgress } from '../guest-images/build/report.ts';
import { asRayError, errors, exitCodes, RayError } from '../src/contracts/index.ts';
import { makeImage } from './build/make.ts';

const usage = `usage: npm run image [-- [--arch x86_64] [--out DIR] [--json]]

  --arch ARCH  for which processors (x86_64; aarch64 is not built yet)
  --out DIR    put the files there (default: dist)
  --json       print the image's manifest

Needs root, mmdebstrap, and apt sources that name a Debian archive. Tools and packages are kept in
RAYOS_CACHE. RAYOS_IMAGE_LOG=1 shows what mkosi says.
`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const options = read(args);
  if (options === undefined || options.help) {
    process[options === undefined ? 'stderr' : 'stdout'].write(usage);
    return options === undefined ? exitCodes.usage : exitCodes.done;
  }
  const cancel = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => cancel.abort());
  using progress = printProgress(process.stderr);
  try {
    if (options.arch !== 'x86_64')
      throw new RayError('NOT_ON_THIS_HOST', `there is no image for ${options.arch} yet`, {
        remedy: 'Build the one for x86_64: npm run image',
      });
    const built = await makeImage({
      outDir: options.out,
      onProgress: progress.show,
      signal: cancel.signal,
    });
    progress.end();
    if (options.json) process.stdout.write(`${JSON.stringify(built, null, 2)}\n`);
    else
      process.stdout.write(
        `${join(built.directory, built.image)} is ready, built in ${built.builtInSeconds} s, root hash ${built.rootHash}\n`,
      );
    return exitCodes.done;
  } catch (thrown) {
    progress.end();
    const error = asRayError(thrown, { logFile: 'above' });
    if (options.json) process.stdout.write(`${JSON.stringify({ error }, null, 2)}\n`);
    process.stderr.write(`${error.code}: ${error.message}\n${error.next}\n`);
    return exitCodes[errors[error.code].exit];
  }
}

function read(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        arch: { type: 'string', default: 'x86_64' },
        out: { type: 'string', default: join(import.meta.dirname, '../dist') },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return values;
  } catch {
    return undefined;
  }
}
