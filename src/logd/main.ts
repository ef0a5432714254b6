// The process of logd: records that the kernel is up, then listens. It ends by SIGTERM, after everything that
// speaks to it; whether the machine or only this process is being stopped, its unit says by a file.

import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { tellServiceManager } from '../foundation/service-manager.ts';
import { readLoaderFacts } from '../host/efivars.ts';
import { kernelBootId, sinceKernelMs } from '../host/kernel.ts';
import { imageVersion } from '../host/os-release.ts';
import { BootLog } from './boot-log.ts';
import { MarkerConsole } from './console.ts';
import { makeServer } from './server.ts';
import { ThisBoot } from './this-boot.ts';

const usage = `Usage: logd [--log DIR] [--run DIR] [--esp DIR] [--console FILE]

logd keeps the records of this machine's boots. Its unit starts it; nobody else needs to.
`;

const blessAgainMs = 30_000;

async function main(args: readonly string[]): Promise<void> {
  const places = read(args);
  const console = new MarkerConsole(places.console);
  const log = new BootLog({
    file: join(places.log, 'boot.records'),
    volatileFile: join(places.run, 'boot.records'),
  });
  const boot = new ThisBoot({
    log,
    console,
    entriesFolder: join(places.esp, 'EFI/Linux'),
    runFolder: places.run,
    bootId: kernelBootId(),
    version: imageVersion() ?? '',
    loader: readLoaderFacts(),
    nowMs: sinceKernelMs,
  });
  boot.begin();
  const server = makeServer({ boot, console });
  const socket = join(places.run, 'logd.sock');
  rmSync(socket, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, resolve);
  });
  // Its group is whom it listens to.
  chmodSync(socket, 0o660);
  void tellServiceManager('READY=1');
  const again = setInterval(() => boot.blessAgain(), blessAgainMs);
  process.once('SIGTERM', () => {
    clearInterval(again);
    boot.stop();
    process.exit(0);
  });
}

function read(args: readonly string[]) {
  const places = {
    log: '/var/log/rayos',
    run: '/run/rayos-log',
    esp: '/efi',
    console: '/dev/console',
  };
  for (let i = 0; i < args.length; i += 2) {
    const name = args[i]?.slice('--'.length) ?? '';
    const value = args[i + 1];
    if (!Object.hasOwn(places, name) || value === undefined) {
      process.stderr.write(usage);
      process.exit(2);
    }
    places[name as keyof typeof places] = value;
  }
  return places;
}

main(process.argv.slice(2)).catch((thrown: unknown) => {
  process.stderr.write(`logd: ${thrown instanceof Error ? thrown.stack : thrown}\n`);
  process.exit(1);
});
