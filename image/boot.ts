// `npm run boot`: starts the built image in QEMU, with its serial console on this terminal (Ctrl-A X ends
// it). The image is not written: what the machine writes goes into a scratch overlay that ends with it.

import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import packageJson from '../package.json' with { type: 'json' };
import { asRayError, exitCodes } from '../src/contracts/index.ts';
import { paths, sayUsage } from '../src/foundation/index.ts';
import { needFirmware, probeHypervisor } from '../src/hypervisor/index.ts';
import { type Architecture, architectureOf } from './build/architecture.ts';

const usage = `usage: npm run boot [-- [--arch ARCH] [--image FILE] [--memory MIB] [--window]]

  --arch ARCH    a machine with these processors: x86_64 or aarch64 (default: x86_64)
  --image FILE   which image (default: the one for these processors in dist)
  --memory MIB   memory of the machine (default: 2048)
  --window       show its display in a window too; without, its serial console here is all

Ctrl-A X ends the machine. Nothing is kept of what it wrote.
`;

const diskSize = '16G';

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const options = read(args);
  if (options === undefined || options.help) return sayUsage(usage, options !== undefined);
  const { architecture } = options;
  const image = resolve(options.image);
  if (!existsSync(image)) return complain(`${image} is not there`, buildCommand(architecture));
  let host: Host;
  let firmware: ReturnType<typeof needFirmware>;
  try {
    host = await hostFor(architecture);
    firmware = needFirmware(architecture);
  } catch (thrown) {
    const { message, next } = asRayError(thrown);
    return complain(message.replace(/\.$/, ''), next);
  }
  const scratch = mkdtempSync(join(tmpdir(), 'rayos-boot-'));
  try {
    const disk = join(scratch, 'disk.qcow2');
    const create = ['create', '-q', '-f', 'qcow2', '-b', image, '-F', 'raw', disk, diskSize];
    const made = spawnSync('qemu-img', create, { encoding: 'utf8' });
    if (made.status !== 0)
      return complain(
        `the scratch disk cannot be made: ${made.error?.message ?? made.stderr.trim()}`,
        'Install qemu-utils, or free some room in the folder for temporary files.',
      );
    const variables = join(scratch, 'variables.fd');
    copyFileSync(firmware.variables, variables);
    return await runMachine(
      host.binary,
      machine({ ...options, ...host, firmware: firmware.code, variables, disk }),
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

type Host = { readonly binary: string; readonly accelerator: 'kvm' | 'tcg' };

/** What runs the machine. Processors of another kind than this machine's are always emulated. */
async function hostFor(architecture: Architecture): Promise<Host> {
  if (architecture !== 'x86_64')
    return { binary: `qemu-system-${architecture}`, accelerator: 'tcg' };
  // As this process's own user: it is who runs this machine.
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  return await probeHypervisor({ cacheDir: paths().cacheDir, uid, gid });
}

function buildCommand(architecture: Architecture): string {
  return `Build it: npm run image${architecture === 'x86_64' ? '' : ` -- --arch ${architecture}`}`;
}

type Machine = Pick<Host, 'accelerator'> & {
  readonly architecture: Architecture;
  readonly firmware: string;
  readonly variables: string;
  readonly disk: string;
  readonly memory: string;
  readonly window: boolean;
};

/** What an aarch64 board does not have by itself, a picture and keys, it gets on its buses. */
const boards = {
  x86_64: { type: 'q35', cpu: 'max', display: ['-device', 'virtio-vga'] },
  aarch64: {
    type: 'virt',
    cpu: 'cortex-a72',
    display: ['virtio-gpu-pci', 'qemu-xhci', 'usb-kbd', 'usb-tablet'].flatMap((d) => [
      '-device',
      d,
    ]),
  },
} as const satisfies Record<Architecture, unknown>;

function machine(wanted: Machine): string[] {
  const { accelerator, firmware, variables, disk, memory, window } = wanted;
  const board = boards[wanted.architecture];
  const speed = ['-accel', accelerator, '-cpu', board.cpu];
  return [
    ...['-machine', board.type, ...speed, '-smp', '2', '-m', memory, '-nodefaults'],
    ...['-drive', `if=pflash,format=raw,readonly=on,file=${firmware}`],
    ...['-drive', `if=pflash,format=raw,file=${variables}`],
    ...['-drive', `if=none,id=disk,format=qcow2,file=${disk}`],
    ...['-device', 'virtio-blk-pci,drive=disk', '-device', 'virtio-rng-pci'],
    ...['-device', 'i6300esb', '-serial', 'mon:stdio'],
    ...(window ? [...board.display, '-display', 'gtk'] : ['-display', 'none']),
  ];
}

function runMachine(binary: string, args: readonly string[]): Promise<number> {
  const { promise, resolve: end } = Promise.withResolvers<number>();
  const qemu = spawn(binary, args, { stdio: 'inherit' });
  // On Ctrl-C the terminal tells QEMU as well; this process stays to remove the scratch disk.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => qemu.kill('SIGTERM'));
  qemu.once('error', (error) =>
    end(
      complain(
        `QEMU cannot be run: ${error.message}`,
        `Install it: apt-get install ${binary.endsWith('aarch64') ? 'qemu-system-arm' : 'qemu-system-x86'}`,
      ),
    ),
  );
  qemu.once('exit', (code) => end(code === 0 ? exitCodes.done : exitCodes.failed));
  return promise;
}

function complain(what: string, next: string): number {
  process.stderr.write(`${what}.\n${next}\n`);
  return exitCodes.failed;
}

function read(args: readonly string[]) {
  const dist = join(import.meta.dirname, '../dist');
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        arch: { type: 'string', default: 'x86_64' },
        image: { type: 'string' },
        memory: { type: 'string', default: '2048' },
        window: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const architecture = architectureOf(values.arch);
    if (architecture === undefined || !/^\d{3,6}$/.test(values.memory)) return undefined;
    const built = join(dist, `rayos-${packageJson.version}-${architecture}.raw`);
    return { ...values, architecture, image: values.image ?? built };
  } catch {
    return undefined;
  }
}
