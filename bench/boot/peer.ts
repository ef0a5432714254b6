// The peer: a plain Debian 13 with systemd and sshd, made by the same tools as RayOS's image (mkosi), with the
// same loader, kernel and initrd modules.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findDebianArchive, readSources } from '../../guest-images/archive/sources.ts';
import { lockCache, openCache } from '../../guest-images/build/workspace.ts';
import { targetFor } from '../../image/build/architecture.ts';

import { prepareTools } from '../../image/build/prepare.ts';

import { paths } from '../../src/foundation/index.ts';

const settings = `[Distribution]
Distribution=debian
Release=trixie
[Output]
Format=disk
ImageId=plain-debian
ImageVersion=13
Output=plain-debian
OutputDirectory=output
[Build]
Incremental=yes
ToolsTree=
WithNetwork=no
CacheDirectory=../mkosi-cache
PackageCacheDirectory=../packages
WorkspaceDirectory=../workspace
[Content]
Bootable=yes
Bootloader=systemd-boot
UnifiedKernelImages=yes
WithDocs=no
WithRecommends=no
KernelCommandLine=console=tty0 console=ttyS0,115200 systemd.firstboot=no
Packages=
    systemd
    systemd-sysv
    systemd-boot
    systemd-boot-efi
    udev
    dbus
    kmod
    linux-image-amd64
    openssh-server
`;

/** The raw image; it is built when it is not there. */
export async function plainDebian(say: (words: string) => void): Promise<string> {
  const cacheDir = join(paths().cacheDir, 'image');
  const home = join(cacheDir, 'plain-debian');
  const image = join(home, 'plain-debian.raw');
  const archive = findDebianArchive(readSources());
  if (archive === undefined) throw new Error('no apt source names a Debian archive');
  const wanted = `${settings}${initrdModules()}`;
  const made = join(home, 'made-from');
  if (existsSync(image) && existsSync(made) && readFileSync(made, 'utf8') === wanted) return image;
  openCache(cacheDir);
  using _lock = await lockCache(cacheDir, () => say('waiting for another build of an image'));
  const { tools } = await prepareTools(targetFor('x86_64'), cacheDir, 'drift', ({ step }) =>
    say(step),
  );
  const stage = join(home, 'stage');
  rmSync(home, { recursive: true, force: true });
  for (const folder of [
    'stage/mkosi.sandbox/etc/apt/sources.list.d',
    'mkosi-cache',
    'packages',
    'workspace',
  ])
    mkdirSync(join(home, folder), { recursive: true });
  writeFileSync(join(stage, 'mkosi.conf'), wanted);
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  writeFileSync(
    join(stage, 'mkosi.sandbox/etc/apt/sources.list.d/mkosi.sources'),
    `Types: deb\nURIs: ${archive.main}\nSuites: trixie\nComponents: main\nSigned-By: ${keyring}\n`,
  );
  say('building a plain Debian 13');
  await tools.run(cacheDir, ['mkosi', '--directory', stage, '-f', 'build'], {
    onLine: (line) => {
      if (process.env.RAYOS_IMAGE_LOG !== undefined) process.stderr.write(`${line}\n`);
    },
  });
  await tools.run(cacheDir, ['mv', join(stage, 'output/plain-debian.raw'), image]);
  writeFileSync(made, wanted);
  return image;
}

/** What RayOS's own recipe says of the initrd's modules, so that neither side carries more. */
function initrdModules(): string {
  const recipe = readFileSync(join(import.meta.dirname, '../../image/mkosi/mkosi.conf'), 'utf8');
  return (
    /^KernelModulesInitrdExclude=[\s\S]*?(?=^[A-Z])^KernelModulesInitrdInclude=\n(?: {4}.*\n)+/m.exec(
      recipe,
    )?.[0] ?? ''
  );
}
