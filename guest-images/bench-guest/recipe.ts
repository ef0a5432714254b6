// A guest for benches: a kernel and one program that draws to the screen as fast as the machine can, or
// one change for each key. Nothing of a desktop stands between the bench and what it measures.

import { join } from 'node:path';
import type { Recipe } from '../recipe.ts';

export const benchGuest: Recipe = {
  name: 'bench-guest',
  title: 'Bench guest',
  suite: 'trixie',
  packages: ['linux-image-amd64', 'busybox-static', 'tcc'],
  leftOut: ['initramfs-tools', 'linux-base', 'kmod'],
  paths: ['/usr/bin/busybox', '/usr/bin/tcc'],
  modules: ['virtio_gpu', 'virtio_input', 'evdev', 'button'],
  applets: ['sh', 'mount', 'insmod', 'mkdir', 'ln', 'poweroff'],
  roots: [join(import.meta.dirname, 'root')],
  home: { path: 'root', uid: 0, gid: 0 },
  finish: (tree) => {
    for (const folder of ['dev', 'proc', 'sys', 'run', 'root']) tree.directory(folder);
    for (const folder of ['bin', 'sbin', 'lib', 'lib64']) tree.link(folder, `usr/${folder}`);
    tree.link('init', 'usr/lib/rayos/init');
  },
  commandLine:
    'console=ttyS0 quiet loglevel=4 panic=10 tsc=reliable no_timer_check drm_kms_helper.fbdev_emulation=0',
  memoryMiB: 256,
  cpus: 1,
};
