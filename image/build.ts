// `npm run image [-- --version V --out DIR] [--json]`: builds the bootable image and says where it is.

import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runBuild } from '../guest-images/build/command.ts';
import packageJson from '../package.json' with { type: 'json' };
import { RayError } from '../src/contracts/index.ts';
import { sayUsage } from '../src/foundation/index.ts';
import { architectureOf } from './build/architecture.ts';
import { isVersion } from './build/inputs.ts';
import { type MadeImage, makeImage } from './build/make.ts';
import { partsTable } from './build/parts.ts';
import { type UpdatedLock, updateLock } from './build/prepare.ts';

const usage = `usage: npm run image [-- [--version V] [--arch ARCH] [--out DIR] [options]]

  --version V  what the image calls itself (default: ${packageJson.version}); versions share all caches
  --arch ARCH  for which processors: x86_64 or aarch64 (default: x86_64)
  --out DIR    put the files there (default: dist)
  --force      build it even if nothing has changed since the image there was built
  --locked     an error where the archive no longer has the locked packages; without it the image is built
               of what the archive has, and what differs is said
  --update-lock  build nothing; make the lock of what the archive has now (image/packages-ARCH.lock)
  --key FILE, --certificate FILE
               sign it for Secure Boot with this key (PEM); a firmware in setup mode can enrol it
  --enrol      have real computers in setup mode enrol the key at once, without a question
  --json       print the image's manifest

Needs root, mmdebstrap, and apt sources that name a Debian archive. Tools and packages are kept in
RAYOS_CACHE. RAYOS_IMAGE_LOG=1 shows what mkosi says.
`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const options = read(args);
  if (options === undefined || options.help) return sayUsage(usage, options !== undefined);
  const { arch, out, version, force, key, certificate, enrol } = options;
  const signing =
    key === undefined || certificate === undefined
      ? undefined
      : { keyFile: resolve(key), certificateFile: resolve(certificate), enrols: enrol };
  return await runBuild(
    options.json,
    async (building) => {
      const architecture = architectureOf(arch);
      if (architecture === undefined)
        throw new RayError('NOT_ON_THIS_HOST', `there is no image for ${arch}`, {
          remedy: 'Build the one for x86_64 or for aarch64: npm run image -- --arch aarch64',
        });
      if (!isVersion(version))
        throw new RayError('BUILD_FAILED', `${JSON.stringify(version)} is no version of an image`, {
          remedy: 'Digits first, then letters, digits and . ~ ^ -, 22 in all: --version 0.2.0',
        });
      if (options['update-lock']) return await updateLock(architecture, building);
      const lock = options.locked ? 'exact' : 'drift';
      const wanted = { architecture, version, outDir: resolve(out), force, lock, signing } as const;
      return await makeImage({ ...building, ...wanted });
    },
    (made) => ('rootHash' in made ? imageWords(made) : lockWords(made)),
  );
}

function imageWords(made: MadeImage): string {
  const { directory, image, builtInSeconds, rootHash, isNew, parts, files } = made;
  const table = partsTable(parts, files[image]?.allocatedBytes ?? 0);
  const how = isNew ? `ready, built in ${builtInSeconds} s` : 'up to date';
  return `${table}\n${join(directory, image)} is ${how}, root hash ${rootHash}`;
}

function lockWords({ file, packages, changed }: UpdatedLock): string {
  const lines = changed.map(
    ({ name, locked = '(none)', used = '(none)' }) => `  ${name}: ${locked} -> ${used}`,
  );
  return [`${file}: ${packages} packages, ${changed.length} changed`, ...lines].join('\n');
}

function read(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        arch: { type: 'string', default: 'x86_64' },
        out: { type: 'string', default: join(import.meta.dirname, '../dist') },
        version: { type: 'string', default: packageJson.version },
        force: { type: 'boolean', default: false },
        locked: { type: 'boolean', default: false },
        'update-lock': { type: 'boolean', default: false },
        key: { type: 'string' },
        certificate: { type: 'string' },
        enrol: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    // One without the other signs nothing.
    return (values.key === undefined) === (values.certificate === undefined) ? values : undefined;
  } catch {
    return undefined;
  }
}
