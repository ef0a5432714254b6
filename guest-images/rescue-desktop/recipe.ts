// The first guest: a Wayland desktop of labwc and foot, whole in its initramfs, without a disk.

import { join } from 'node:path';
import { wallpaper } from '../look/wallpaper.ts';
import type { Recipe } from '../recipe.ts';

const ray = { uid: 1000, gid: 1000 };

/** busybox's programs that a person at a shell reaches for, and those that the start scripts use. */
const applets = `
[ acpid arch ash awk base64 basename bc cal cat chgrp chmod chown chroot chvt clear cmp cp
cpio crc32 cut date dc dd df diff dirname dmesg du echo ed egrep env expr factor false fgrep
find fold free getopt grep groups gunzip gzip halt head hexdump hostname hwclock id insmod
install ip kill killall less link ln logger ls lsmod md5sum mkdir mkfifo mknod mktemp modinfo
more mount mv nc nl nproc od passwd paste pidof ping poweroff printf ps pwd readlink realpath
reboot renice reset rev rm rmdir rmmod sed seq setsid sha1sum sha256sum sha512sum shred shuf
sleep sort stat strings stty su sync sysctl tac tail tar tee telnet test time timeout top
touch tr traceroute true truncate tty umount uname uniq unlink unxz unzip uptime usleep vi
watch wc wget which who whoami xargs xxd xz xzcat yes zcat
`;

export const rescueDesktop: Recipe = {
  name: 'rescue-desktop',
  title: 'Rescue desktop',
  suite: 'trixie',
  packages: [
    'linux-image-amd64',
    'busybox-static',
    'bash',
    'udev',
    'libc-bin',
    'seatd',
    'labwc',
    'foot',
    'foot-terminfo',
    'swaybg',
    'wlr-randr',
    'yambar',
    'xkb-data',
    'libinput-bin',
    'fontconfig',
    'fonts-jetbrains-mono',
    'fonts-inter',
    'nano',
    'htop',
  ],
  // GPU drivers and LLVM: labwc draws with pixman. What maintainer scripts and a full system would use.
  leftOut: [
    'mesa-libgallium',
    'libgl1-mesa-dri',
    'libegl-mesa0',
    'libglx-mesa0',
    'xwayland',
    'initramfs-tools',
    'linux-base',
    'kmod',
    'systemd',
    'init-system-helpers',
    'sysvinit-utils',
    'base-files',
    'coreutils',
    'debianutils',
    'debconf',
    'mawk',
    'mount',
    'shared-mime-info',
    'libwacom-common',
    'libspa-0.2-modules',
    'libasound2-data',
    'openssl-provider-legacy',
    'fonts-dejavu-core',
    'fonts-dejavu-mono',
  ],
  paths: [
    '/usr/bin/busybox',
    '/usr/bin/bash',
    '/usr/bin/udevadm',
    '/usr/lib/systemd/systemd-udevd',
    '/usr/sbin/seatd',
    '/usr/bin/labwc',
    '/usr/bin/foot',
    '/usr/bin/swaybg',
    '/usr/bin/wlr-randr',
    '/usr/bin/yambar',
    '/usr/bin/nano',
    '/usr/bin/htop',
    // bash and foot refuse to work well, and foot to start, without a UTF-8 locale.
    '/usr/lib/locale/C.utf8',
    '/usr/share/terminfo/f/foot',
    '/usr/share/X11/xkb',
    '/usr/share/libinput',

    '/usr/share/fonts/truetype/jetbrains-mono/JetBrainsMono-Regular.ttf',
    '/usr/share/fonts/truetype/jetbrains-mono/JetBrainsMono-Bold.ttf',
    '/usr/share/fonts/opentype/inter/Inter-Medium.otf',
  ],
  modules: ['virtio_gpu', 'virtio_input', 'evdev', 'button'],
  applets: applets.trim().split(/\s+/),
  roots: [join(import.meta.dirname, '../look/root'), join(import.meta.dirname, 'root')],
  home: { path: 'home/ray', ...ray },
  finish: (tree) => {
    for (const folder of ['dev', 'proc', 'sys', 'run', 'root', 'var/lib', 'var/log'])
      tree.directory(folder);
    for (const folder of ['bin', 'sbin', 'lib', 'lib64']) tree.link(folder, `usr/${folder}`);
    tree.directory('tmp', { mode: 0o1777 });
    tree.directory('home/ray', { mode: 0o755, ...ray });
    tree.link('init', 'usr/lib/rayos/init');
    tree.link('usr/bin/sh', 'busybox');
    tree.file('usr/share/rayos/wallpaper.png', wallpaper(1280, 800));
  },
  // `mitigations=off` is left out on purpose: it saved 5 % of QEMU's processor time up to ready (5.55 s
  // against 5.82 s, least of 6 boots each, software emulation), which nobody sees. The two clock options
  // keep a busy host from making the guest distrust its timers. Without the framebuffer's console no
  // text flashes up before the desktop. The archive is not compressed: unpacking it cost 0.7-0.9 s of
  // processor time (lz4 6.47 s, zstd 6.68 s), and a bzImage instead of vmlinux 0.8 s.
  commandLine:
    'console=ttyS0 quiet loglevel=4 panic=10 tsc=reliable no_timer_check drm_kms_helper.fbdev_emulation=0',
  memoryMiB: 1024,
  cpus: 2,
};
