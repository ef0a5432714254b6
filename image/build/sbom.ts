// The bill of materials of an image: every package in it, in its initrd and in the guests that lie in it, as
// CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json). Same inputs, same bytes.

import { createHash } from 'node:crypto';
import type { Manifest } from '../../guest-images/index.ts';
import type { Licence } from './licences.ts';
import type { LockedPackage } from './lock.ts';

export type NpmPackage = {
  readonly name: string;
  readonly version: string;
  /** As package-lock.json has it: `sha512-` and base64. */
  readonly integrity?: string;
  readonly licences?: readonly Licence[] | undefined;
};

export type BillOf = {
  readonly version: string;
  readonly architecture: string;
  readonly rootHash: string;
  readonly epoch: number;
  /** Of the image and its initrd. */
  readonly packages: readonly LockedPackage[];
  readonly npm: readonly NpmPackage[];
  readonly node: { readonly version: string; readonly sha256: string };
  readonly guests: readonly Pick<Manifest, 'recipe' | 'recipeKey' | 'files' | 'packages'>[];
  /** Licences of a Debian package; undefined where they are not known. */
  readonly licencesOf: (name: string) => readonly Licence[] | undefined;
};

type Component = {
  readonly type: 'application' | 'library' | 'operating-system' | 'platform';
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly purl?: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly licenses: readonly Licence[];
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
  readonly components?: readonly Component[];
};

/** What CycloneDX says where nothing is known. */
const unknown: readonly Licence[] = [{ license: { name: 'NOASSERTION' } }];

export function billOfMaterials(of: BillOf) {
  const { version, architecture, rootHash, epoch } = of;
  const system: Component = {
    type: 'operating-system',
    'bom-ref': 'rayos',
    name: 'RayOS',
    version,
    licenses: [{ license: { id: 'Apache-2.0' } }],
    properties: [
      { name: 'rayos:architecture', value: architecture },
      { name: 'rayos:roothash', value: rootHash },
    ],
  };
  const components = [
    nodeOf(of),
    ...of.packages.map((p) => debian(p, 'rayos', of, p.parts.join(','))),
    ...once(of.npm.map(npmOf)),
    ...of.guests.map((guest) => guestOf(guest, of)),
  ].sort((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1));
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(`${version} ${architecture} ${rootHash}`)}`,
    version: 1,
    metadata: {
      timestamp: new Date(epoch * 1000).toISOString(),
      tools: { components: [{ type: 'application', name: 'npm run image', version }] },
      component: system,
    },
    components,
    dependencies: [
      { ref: 'rayos', dependsOn: components.map((component) => component['bom-ref']) },
    ],
  };
}

function nodeOf({ node }: BillOf): Component {
  return {
    type: 'platform',
    'bom-ref': `node@${node.version}`,
    name: 'node',
    version: node.version,
    purl: `pkg:generic/node@${node.version}`,
    // Of the stripped executable that is in the image.
    hashes: [{ alg: 'SHA-256', content: node.sha256 }],
    licenses: [{ license: { id: 'MIT' } }],
  };
}

type Deb = {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
  readonly architecture?: string;
};

function debian(p: Deb, owner: string, { licencesOf }: BillOf, parts?: string): Component {
  const arch = p.architecture === undefined ? '' : `arch=${p.architecture}&`;
  return {
    type: 'library',
    'bom-ref': `${owner}/deb/${p.name}@${p.version}`,
    name: p.name,
    version: p.version,
    purl: `pkg:deb/debian/${encodeURIComponent(p.name)}@${encodeURIComponent(p.version)}?${arch}distro=trixie`,
    // Of the .deb file.
    hashes: [{ alg: 'SHA-256', content: p.sha256 }],
    licenses: licencesOf(p.name) ?? unknown,
    ...(parts !== undefined && { properties: [{ name: 'rayos:parts', value: parts }] }),
  };
}

function npmOf({ name, version, integrity, licences }: NpmPackage): Component {
  const hash = /^sha512-([A-Za-z0-9+/]{86}==)$/.exec(integrity ?? '')?.[1];
  return {
    type: 'library',
    'bom-ref': `rayos/npm/${name}@${version}`,
    name,
    version,
    purl: `pkg:npm/${name.replace(/^@/, '%40')}@${encodeURIComponent(version)}`,
    // Of the package as the registry has it.
    ...(hash !== undefined && {
      hashes: [{ alg: 'SHA-512', content: Buffer.from(hash, 'base64').toString('hex') }],
    }),
    licenses: licences ?? unknown,
  };
}

function guestOf(guest: BillOf['guests'][number], of: BillOf): Component {
  const { recipe, recipeKey, packages, files } = guest;
  const owner = `guest/${recipe}`;
  return {
    type: 'operating-system',
    'bom-ref': owner,
    name: recipe,
    version: recipeKey,
    licenses: [{ license: { id: 'Apache-2.0' } }],
    properties: Object.entries(files).map(([file, { sha256 }]) => ({
      name: `rayos:sha256:${file}`,
      value: sha256,
    })),
    components: once(packages.map((p) => debian(p, owner, of))),
  };
}

/** Each component once, though its files may lie in several places. */
function once(components: readonly Component[]): Component[] {
  return [...new Map(components.map((component) => [component['bom-ref'], component])).values()];
}

/** A UUID (version 8: of one's own making) that the same words always get. */
function uuidOf(words: string): string {
  const hex = createHash('sha256').update(words).digest('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
  ];
  return [...parts, hex.slice(20, 32)].join('-');
}
