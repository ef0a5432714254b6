// `node guest-images/build.ts [recipe] [--force] [--json] [--out DIR]`: builds a guest image if it is
// missing or out of date, and says where it is.

import { parseArgs } from 'node:util';
import { exitCodes } from '../src/contracts/index.ts';
import { runBuild } from './build/command.ts';
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
  const { recipe, force, out } = options;
  return await runBuild(
    options.json,
    (building) =>
      buildGuestImage(recipe, { ...building, ...(out !== undefined && { cacheDir: out }), force }),
    (image) => `${image.recipe} is ready in ${image.directory}`,
  );
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
