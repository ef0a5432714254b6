// `npm run boot`: starts the built image in QEMU, with its serial console on this terminal (Ctrl-A X ends
// it). The image is not written: what the machine writes goes into a scratch overlay that ends with it.

import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import packageJson from '../package.json' with { type: 'json' };
import { asRayError, exitCodes, type Probe } from '../src/contracts/index.ts';
import { paths } from '../src/foundation/index.ts';
import { needFirmware, probeHypervisor } from '../src/hypervisor/index.ts';

const usage = `usage: npm run boot [-- [--image FILE] [--memory MIB] [--window]]

  --image FILE   which image (default: the one in dist)
  --memory MIB   memory of the machine (default: 2048)
  --window       show its display in a window too; without, its serial console here is all

Ctrl-A X ends the machine. Nothing is kept of what it wrote.
`;

const diskSize = '16G';

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const options = read(args);
  if (options === undefined || options.help) {
    process[options === undefined ? 'stderr' : 'stdout'].write(usage);
    return options === undefined ? exitCodes.usage : exitCodes.done;
  }
  const image = resolve(options.image);
  if (!existsSync(image)) return complain(`${image} is not there`, 'Build it: npm run image');
  let host: Probe;
  let firmware: ReturnType<typeof needFirmware>;
  try {
    // As this process's own user: it is who runs this machine.
    const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
    host = await probeHypervisor({ cacheDir: paths().cacheDir, uid, gid });
    firmware = needFirmware();
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

type Machine = Pick<Probe, 'accelerator'> & {
  readonly firmware: string;
  readonly variables: string;
  readonly disk: string;
  readonly memory: string;
  readonly window: boolean;
};

function machine({ accelerator, firmware, variables, disk, memory, window }: Machine): string[] {
  const speed = ['-accel', accelerator, '-cpu', 'max'];
  return [
    ...['-machine', 'q35', ...speed, '-smp', '2', '-m', memory, '-nodefaults'],
    ...['-drive', `if=pflash,format=raw,readonly=on,file=${firmware}`],
    ...['-drive', `if=pflash,format=raw,file=${variables}`],
    ...['-drive', `if=none,id=disk,format=qcow2,file=${disk}`],
    ...['-device', 'virtio-blk-pci,drive=disk', '-device', 'virtio-rng-pci'],
    ...['-device', 'i6300esb', '-serial', 'mon:stdio'],
    ...(window ? ['-device', 'virtio-vga', '-display', 'gtk'] : ['-display', 'none']),
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
        'Install it: apt-get install qemu-system-x86',
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
        image: { type: 'string', default: join(dist, `rayos-${packageJson.version}-x86_64.raw`) },
        memory: { type: 'string', default: '2048' },
        window: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return /^\d{3,6}$/.test(values.memory) ? values : undefined;
  } catch {
    return undefined;
  }
}
