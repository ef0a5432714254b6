// What mkosi is told of the peer: what differs from RayOS is what the bench is about, and what is the same is taken
// from RayOS's own recipe and lock.

import { type LockedPackage, parseLock } from '../../image/build/lock.ts';
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

const packages =
  'systemd systemd-sysv systemd-boot systemd-boot-efi udev dbus kmod openssh-server'.split(' ');

export type PeerSettings = {
  /** mkosi.conf. */
  readonly text: string;
  /** The package that RayOS's kernel is in. */
  readonly kernel: LockedPackage;
};

/**
 * From RayOS's mkosi.conf and lock: the peer has the same kernel, modules in its initrd, and words on how much is
 * said on the console, which costs time. Another kernel, or other tools, make other settings.
 */
export function peerSettings(recipe: string, lock: string): PeerSettings {
  const locked = parseLock(lock).packages;
  const kernel = locked.find(
    ({ name, parts }) => /^linux-image-\d/.test(name) && parts.includes('image'),
  );
  if (kernel === undefined) throw new Error("the lock of the image's packages has no kernel");
  const tools = packagesKey(locked.filter(({ parts }) => parts.includes('tools')));
  const words = ['console=tty0', 'console=ttyS0,115200', 'systemd.firstboot=no'];
  const text = [
    `# ${kernel.name} ${kernel.version}, tools ${tools}\n`,
    settings,
    `KernelCommandLine=${[...words, ...wordsOnConsole(recipe)].join(' ')}\n`,
    initrdModules(recipe),
    `Packages=\n${[...packages, kernel.name].map((name) => `    ${name}\n`).join('')}`,
  ];
  return { text: text.join(''), kernel };
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
