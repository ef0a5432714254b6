// A small Linux for testing the harness itself: Debian's kernel, busybox, and a script that comes as a
// credential. It is made once and kept beside the packages of the trials.

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeCpio } from '../../guest-images/tree/cpio.ts';
import { moduleName, modulesInLoadOrder } from '../../guest-images/tree/modules.ts';
import { Tree } from '../../guest-images/tree/tree.ts';
import { paths } from '../../src/foundation/index.ts';
import { debianPackage, fileBelow } from '../harness/debian.ts';
import { credential } from './credentials.ts';
import { init } from './small-guest-init.ts';

const run = promisify(execFile);

export type SmallGuest = {
  readonly kernel: string;
  readonly initrd: string;
  readonly commandLine: string;
};

/** Raised when what is made below changes. */
const version = 3;
/** ext4 asks for a checksum by name, which no module's information says. */
const modules = [
  'crc32c_generic',
  'virtio_pci',
  'virtio_blk',
  'nvme',
  'xhci_pci',
  'usb_storage',
  'sd_mod',
].concat([
  'ext4',
  'vfat',
  'nls_ascii',
  'nls_cp437',
  'nls_utf8',
  'i6300esb',
  'evdev',
  'button',
  'efivarfs',
]);
const commandLine = 'console=ttyS0 loglevel=4 panic=0 tsc=reliable no_timer_check';

/** `script` runs as root, in sh, and the machine switches itself off when it has ended. */
export function scriptFor(script: string): string {
  return credential('rayos.script', script);
}

export async function smallGuest(): Promise<SmallGuest> {
  const { stdout } = await run('apt-cache', ['depends', '--important', 'linux-image-amd64']);
  const name = /Depends: (linux-image-\S+)/.exec(stdout)?.[1];
  if (name === undefined) throw new Error(`no kernel (apt-get update first?): ${stdout}`);
  const home = join(paths().cacheDir, 'trial-packages');
  const folder = join(home, `small-guest-${name}-${version}`);
  mkdirSync(home, { recursive: true, mode: 0o755 });
  if (!readdirSync(home).includes(`small-guest-${name}-${version}`)) await make(name, folder);
  return { kernel: join(folder, 'vmlinuz'), initrd: join(folder, 'initrd.img'), commandLine };
}

/** It appears whole. */
async function make(name: string, folder: string): Promise<void> {
  using kernel = await debianPackage(name);
  using tools = await debianPackage('busybox-static');
  const busybox = fileBelow(tools.folder, 'bin/busybox');
  const work = mkdtempSync(`${folder}.`);
  try {
    await copyFile(
      fileBelow(join(kernel.folder, 'boot'), `vmlinuz-${name.slice('linux-image-'.length)}`),
      join(work, 'vmlinuz'),
    );
    await writeFile(join(work, 'initrd.img'), await initrd(kernel.folder, busybox));
    renameSync(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function initrd(kernelFolder: string, busybox: string): Promise<Buffer> {
  const home = join(fileBelow(kernelFolder, 'modules.builtin'), '..');
  const files = new Map(
    readdirSync(home, { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.ko(\.xz)?$/.test(path))
      .map((path) => [moduleName(path), join(home, path)]),
  );
  const builtin = readFileSync(join(home, 'modules.builtin'), 'utf8').split('\n').map(moduleName);
  const read = async (module: string) => {
    const file = files.get(module);
    if (file === undefined || file.endsWith('.ko')) return file && readFileSync(file);
    const options = { encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 } as const;
    return (await run(busybox, ['unxz', '-c', file], options)).stdout;
  };
  const tree = new Tree();
  for (const path of ['bin', 'dev', 'proc', 'sys', 'mnt', 'run', 'tmp', 'modules'])
    tree.directory(path);
  tree.character('dev/console', 5, 1);
  tree.file('bin/busybox', busybox, { mode: 0o755 });
  tree.link('bin/sh', 'busybox');
  tree.file('init', Buffer.from(init), { mode: 0o755 });
  const wanted = await modulesInLoadOrder(
    modules,
    new Set(builtin),
    async (n) => (await read(n)) || undefined,
  );
  for (const [i, { name, content }] of wanted.entries())
    tree.file(`modules/${String(i).padStart(2, '0')}-${name}.ko`, Buffer.from(content));
  return Buffer.concat([...writeCpio(tree.entries(), 0)]);
}
