// What is said about a finished image: its files with sizes and checksums, the packages in it with the hash
// of each as it was fetched, the root hash that its UKI insists on, and the bill of materials.

import { existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../guest-images/build/unpack.ts';
import type { Manifest } from '../../guest-images/index.ts';
import { RayError } from '../../src/contracts/index.ts';
import { writeDurable } from '../../src/foundation/index.ts';
import type { Architecture, Target } from './architecture.ts';
import type { PackedGuest } from './guests.ts';
import { debianLicences } from './licences.ts';
import type { LockedPackage } from './lock.ts';
import { npmPackagesIn } from './npm-packages.ts';
import type { LockState } from './packages.ts';
import { partsOf } from './parts.ts';
import { type BillOf, billOfMaterials } from './sbom.ts';
import type { Signed } from './signing.ts';

/** One Debian package of the image; the hash is that of its .deb, as the lock has it. */
export type PackageInImage = {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly sha256: string;
};

export type BuiltImage = {
  readonly version: string;
  readonly architecture: Architecture;
  /** Name of the disk image among `files`. */
  readonly image: string;
  /** Where the files are. */
  readonly directory: string;
  /** dm-verity's root hash: the same for the same inputs, and names all of the system's content. */
  readonly rootHash: string;
  readonly sourceDate: string;
  readonly builtInSeconds: number;
  /** Key of the project's files that it was made from; see inputs.ts. */
  readonly inputs: string;
  readonly node: { readonly version: string; readonly sha256: string };
  readonly files: Readonly<
    Record<
      string,
      { readonly sizeBytes: number; readonly allocatedBytes: number; readonly sha256: string }
    >
  >;
  /** Bytes of the files in the system, unpacked, by part; the largest first. */
  readonly parts: Readonly<Record<string, number>>;
  /** The guests that lie in it. */
  readonly guests: readonly Pick<Manifest, 'recipe' | 'recipeKey' | 'files'>[];
  readonly packages: readonly PackageInImage[];
  /** Only of an image that is signed for Secure Boot. */
  readonly signed?: Signed;
} & LockState;

export type Subject = {
  readonly target: Target;
  readonly output: string;
  readonly stageDir: string;
  readonly guests: readonly PackedGuest[];
  /** Where mkosi keeps the trees that it installed packages into. */
  readonly mkosiCache: string;
  readonly packages: readonly LockedPackage[];
  readonly lock: LockState;
  readonly signed: Signed | undefined;
  readonly name: string;
  readonly version: string;
  readonly epoch: number;
  readonly node: string;
  readonly inputs: string;
  readonly seconds: () => number;
};

/** Describes what mkosi left in `output`, and writes the manifest and SHA256SUMS beside it. */
export async function describe(subject: Subject): Promise<BuiltImage> {
  const { output, name, version, epoch } = subject;
  const image = `${name}.raw`;
  const uki = `${name}.efi`;
  const files: Record<string, { sizeBytes: number; allocatedBytes: number; sha256: string }> = {};
  for (const file of [image, uki]) files[file] = await describeFile(join(output, file));
  const built: BuiltImage = {
    version,
    architecture: subject.target.architecture,
    image,
    directory: output,
    rootHash: rootHashOf(readFileSync(join(output, uki))),
    sourceDate: new Date(epoch * 1000).toISOString(),
    builtInSeconds: subject.seconds(),
    inputs: subject.inputs,
    node: { version: process.versions.node, sha256: await sha256(subject.node) },
    files,
    parts: partsOf(readFileSync(join(output, 'files.list'), 'utf8')),
    guests: subject.guests.map(({ manifest: { recipe, recipeKey, files: own } }) => ({
      recipe,
      recipeKey,
      files: own,
    })),
    packages: packagesOf(join(output, `${name}.manifest`), subject.packages),
    ...(subject.signed && { signed: subject.signed }),
    ...subject.lock,
  };
  const sbom = `${name}.cdx.json`;
  const bill = billOfMaterials(billOf(subject, built));
  writeFileSync(join(output, sbom), `${JSON.stringify(bill, null, 1)}\n`);
  files[sbom] = await describeFile(join(output, sbom));
  const manifest = `${name}.json`;
  const { directory: _, ...kept } = built;
  writeFileSync(join(output, manifest), `${JSON.stringify(kept, null, 2)}\n`);
  files[manifest] = await describeFile(join(output, manifest));
  return built;
}

/** SHA256SUMS of a folder in which `built` now is: its files, and those of other versions that are there. */
export function writeSums(directory: string, { files }: BuiltImage): void {
  const path = join(directory, 'SHA256SUMS');
  const before = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  const others = before.filter((line) => {
    const name = /^[0-9a-f]{64} {2}([\w.~^-]+)$/.exec(line)?.[1];
    return name !== undefined && !(name in files) && existsSync(join(directory, name));
  });
  const own = Object.entries(files).map(([file, { sha256: sum }]) => `${sum}  ${file}`);
  writeDurable(path, `${[...others, ...own].join('\n')}\n`, { mode: 0o644 });
}

function billOf(subject: Subject, { rootHash, node, version, architecture }: BuiltImage): BillOf {
  const roots = globSync('*.cache', { cwd: subject.mkosiCache }).map((name) =>
    join(subject.mkosiCache, name),
  );
  return {
    ...{ version, architecture, rootHash, node, epoch: subject.epoch },
    packages: subject.packages,
    npm: npmPackagesIn(join(subject.stageDir, 'mkosi.extra/usr/lib/rayos')),
    guests: subject.guests.map(({ manifest }) => manifest),
    licencesOf: (name) => debianLicences(name, roots),
  };
}

/** The root hash on the command line inside a UKI. */
export function rootHashOf(uki: Buffer): string {
  const hash = /\broothash=([0-9a-f]{64})\b/.exec(uki.toString('latin1'))?.[1];
  if (hash === undefined) throw new RayError('IMAGE_BROKEN', 'the UKI names no root hash');
  return hash;
}

async function describeFile(path: string) {
  const { size, blocks } = statSync(path);
  return { sizeBytes: size, allocatedBytes: blocks * 512, sha256: await sha256(path) };
}

/** What mkosi says that it installed; each has to be what was chosen for it. */
function packagesOf(manifest: string, chosen: readonly LockedPackage[]): PackageInImage[] {
  const { packages } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    readonly packages: readonly { name: string; version: string; architecture: string }[];
  };
  return packages
    .map(({ name, version, architecture }) => {
      const found = chosen.find((p) => p.name === name && p.architecture === architecture);
      if (found?.version !== version)
        throw new RayError(
          'IMAGE_BROKEN',
          `mkosi installed ${name} ${version}, which was not chosen`,
        );
      return { name, version, architecture, sha256: found.sha256 };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
