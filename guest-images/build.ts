// `node guest-images/build.ts [recipe] [--force] [--json] [--out DIR]`: builds a guest image if it is
// missing or out of date, and says where it is.

import { parseArgs } from 'node:util';
import { asRayError, errors, exitCodes } from '../src/contracts/index.ts';
import { printProgress } from './build/report.ts';
import { buildGuestImage } from './index.ts';

const usage = `usage: build.ts [recipe] [--force] [--json] [--out DIR]

  recipe     which guest (default: rescue-desktop)
  --force    build it anew, with the archive's newest packages
  --json     print the result as JSON
  --out DIR  build into DIR instead of the cache
`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const options = read(args);
  if (options === undefined) {
    process.stderr.write(usage);
    return exitCodes.usage;
  }
  if (options.help) {
    process.stdout.write(usage);
    return exitCodes.done;
  }
  const cancel = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => cancel.abort());
  using progress = printProgress(process.stderr);
  try {
    const image = await buildGuestImage(options.recipe, {
      ...(options.out !== undefined && { cacheDir: options.out }),
      force: options.force,
      onProgress: progress.show,
      signal: cancel.signal,
    });
    progress.end();
    if (options.json) process.stdout.write(`${JSON.stringify(image, null, 2)}\n`);
    else process.stdout.write(`${image.recipe} is ready in ${image.directory}\n`);
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
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        force: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        out: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (positionals.length > 1) return undefined;
    return { ...values, recipe: positionals[0] ?? 'rescue-desktop' };
  } catch {
    return undefined;
  }
}
