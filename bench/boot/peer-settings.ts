// What mkosi is told of the peer: what differs from RayOS is what the bench is about, and what is the same is taken
// from RayOS's own recipe and lock.

import type { Lock } from '../../image/build/lock.ts';
import { packagesKey } from '../../image/build/packages.ts';

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
`;

/** What it is asked to have, besides the kernel. */
export const peerNames: readonly string[] =
  'systemd systemd-sysv systemd-boot systemd-boot-efi udev dbus kmod openssh-server'.split(' ');

/**
 * mkosi.conf of the peer, from that of RayOS and its lock: it has the same kernel, modules in its initrd, and words
 * on how much is said on the console, which costs time. Other packages make another text.
 */
export function peerSettings(recipe: string, { packages }: Lock): string {
  const kernel = packages.find(
    ({ name, parts }) => /^linux-image-\d/.test(name) && parts.includes('image'),
  );
  if (kernel === undefined) throw new Error("the lock of the image's packages has no kernel");
  const words = ['console=tty0', 'console=ttyS0,115200', 'systemd.firstboot=no'];
  return [
    `# of the packages ${packagesKey(packages)}\n`,
    settings,
    `KernelCommandLine=${[...words, ...wordsOnConsole(recipe)].join(' ')}\n`,
    initrdModules(recipe),
    `Packages=\n${[...peerNames, kernel.name].map((name) => `    ${name}\n`).join('')}`,
  ].join('');
}

/** How much the kernel and systemd say while they start. */
function wordsOnConsole(recipe: string): string[] {
  return [/^ {4}(loglevel=\d+)$/m, /^ {4}(systemd\.show_status=\w+)$/m].map((form) =>
    found(form, recipe),
  );
}

/** Which modules the initrd has, so that neither side carries more. */
function initrdModules(recipe: string): string {
  return found(
    /^(KernelModulesInitrdExclude=.*\nKernelModulesInitrdInclude=\n(?: {4}.*\n)+)/m,
    recipe,
  );
}

function found(form: RegExp, recipe: string): string {
  const match = form.exec(recipe)?.[1];
  if (match === undefined) throw new Error(`image/mkosi/mkosi.conf has nothing like ${form}`);
  return match;
}
