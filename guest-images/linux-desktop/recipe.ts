// The Linux desktop that a person lives in: Debian 13 on a disk of its own, labwc and its programs.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { wallpaper } from '../look/wallpaper.ts';
import type { Recipe } from '../recipe.ts';

const packages = `
systemd systemd-sysv udev dbus dbus-user-session libpam-systemd systemd-resolved systemd-timesyncd kmod sudo
apt ca-certificates debian-archive-keyring bash-completion less nano htop curl iproute2 iputils-ping procps
login mount adduser tzdata psmisc file xz-utils zstd unzip openssh-client e2fsprogs
seatd labwc waybar fuzzel swaybg mako-notifier foot foot-terminfo wlr-randr wl-clipboard grim
thunar mousepad ristretto xarchiver firefox-esr pavucontrol
pipewire pipewire-pulse pipewire-alsa wireplumber alsa-utils
xdg-user-dirs xdg-utils shared-mime-info desktop-file-utils libglib2.0-bin dconf-gsettings-backend
arc-theme adwaita-icon-theme papirus-icon-theme librsvg2-common
fonts-inter fonts-jetbrains-mono fonts-noto-color-emoji fonts-dejavu-core
`;

const wallpaperSize = { width: 1920, height: 1200 };

export const linuxDesktop: Recipe = {
  name: 'linux-desktop',
  title: 'Linux desktop',
  suite: 'trixie',
  packages: ['linux-image-amd64', 'busybox-static'],
  leftOut: ['initramfs-tools', 'linux-base', 'kmod'],
  paths: ['/usr/bin/busybox'],
  // In this order: the disk first. evdev and button so that input is there as soon as the compositor is.
  modules: [
    'virtio_blk',
    'crc32c_generic',
    'ext4',
    'virtio_gpu',
    'virtio_input',
    'evdev',
    'button',
  ],
  applets: ['sh', 'mount', 'insmod', 'findfs', 'sleep', 'switch_root', 'mkdir', 'chown'],
  roots: [join(import.meta.dirname, 'initrd')],
  finish: (tree) => {
    for (const folder of ['dev', 'proc', 'sys', 'disk']) tree.directory(folder);
    tree.link('init', 'usr/lib/rayos/init');
  },
  disk: {
    label: 'rayos-desktop',
    virtualBytes: 16 * 1024 ** 3,
    packages: packages.trim().split(/\s+/),
    roots: [join(import.meta.dirname, '../look/root'), join(import.meta.dirname, 'root')],
    excluded: [
      '/usr/share/doc/*',
      '/usr/share/info/*',
      '/usr/share/icons/Papirus-Light/*',
      '/usr/share/icons/Papirus*/84x84/*',
      '/usr/share/icons/Papirus*/96x96/*',
      '/usr/share/icons/Papirus*/128x128/*',
      '/usr/share/icons/Papirus*/*@2x/*',
      '/usr/share/icons/ePapirus*',
    ],
    modulesLeftOut: [
      ...['drivers/media', 'drivers/iio', 'drivers/infiniband', 'drivers/net/ethernet'],
      ...['drivers/net/wireless', 'drivers/staging', 'drivers/comedi'],
      ...['drivers/hwmon', 'drivers/isdn', 'drivers/bluetooth', 'drivers/accel', 'drivers/mtd'],
      ...['drivers/edac', 'drivers/target', 'drivers/gpu/drm/amd', 'drivers/gpu/drm/i915'],
      ...['drivers/gpu/drm/nouveau', 'drivers/gpu/drm/radeon', 'drivers/gpu/drm/xe'],
    ],
    setup: join(import.meta.dirname, 'setup'),
    finish: (folder) => {
      const share = join(folder, 'usr/share/rayos');
      mkdirSync(share, { recursive: true });
      const { width, height } = wallpaperSize;
      writeFileSync(join(share, 'wallpaper.png'), wallpaper(width, height));
    },
  },
  commandLine:
    'console=ttyS0 quiet loglevel=4 panic=10 tsc=reliable no_timer_check systemd.show_status=false rd.systemd.show_status=false systemd.gpt_auto=0 drm_kms_helper.fbdev_emulation=0',
  memoryMiB: 2048,
  cpus: 2,
  sound: true,
};
