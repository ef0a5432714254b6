// The machine that runs a guest image in tests: QEMU with software emulation, as RayOS starts it, but
// with its sockets in the test's hands.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { type Exit, own, sleep, within } from '../../src/foundation/index.ts';
import type { GuestImage } from '../index.ts';
import { connectLines, type LineSocket } from './line-socket.ts';

/** One picture of the screen: its pixels as `r,g,b`, and its size. */
export type Pixels = ((x: number, y: number) => string) & {
  readonly width: number;
  readonly height: number;
};

export type Machine = AsyncDisposable & {
  readonly agent: LineSocket;
  /** Connects to the clipboard's port. */
  readonly clipboard: () => Promise<net.Socket>;
  /** Runs one QMP command and waits for its answer. */
  readonly qmp: (execute: string, args?: object) => Promise<void>;
  /** Runs a command in the shell of the serial console, when there is one; waits until it has succeeded. */
  readonly shell: (command: string) => Promise<void>;
  readonly exited: Promise<Exit>;
  /** What came out of the serial console so far. */
  readonly serial: () => string;
  /** Another connection to the agent's port; the machine accepts one at a time. */
  readonly reconnect: () => Promise<LineSocket>;
  /** Waits until the picture on the screen is as `isWanted` says; it gets a pixel as `r,g,b`. */
  readonly screen: (isWanted: (at: Pixels) => boolean) => Promise<void>;
};

/** `disk` is an overlay that `makeDisk` made, for images that have a disk. */
export async function startMachine(
  image: GuestImage,
  signal: AbortSignal,
  options: { readonly disk?: string; readonly heads?: number } = {},
): Promise<Machine> {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-guest-'));
  const path = (name: string) => join(folder, name);
  const args = qemuArguments(image, path, options.disk, options.heads ?? 1);
  const child = own(
    spawn(process.env.RAYOS_QEMU ?? 'qemu-system-x86_64', args, { stdio: 'inherit' }),
  );
  const monitor = await connectLines(path('qmp'), signal);
  const qmp = async (execute: string, args: object = {}) => {
    monitor.send(JSON.stringify({ execute, arguments: args }));
    const answer = await monitor.next(/"(return|error)":/, signal);
    if (answer.includes('"error"')) throw new Error(answer);
  };
  await qmp('qmp_capabilities');
  const reconnect = () => connectLines(path('agent'), signal);
  const agent = await reconnect();
  const shoot = async () => {
    await qmp('screendump', { filename: path('screen.png'), format: 'png' });
    const picture = decode(readFileSync(path('screen.png')));
    const at = (x: number, y: number) => {
      const offset = (y * picture.width + x) * picture.channels;
      return [...picture.data.slice(offset, offset + 3)].join();
    };
    return Object.assign(at, { width: picture.width, height: picture.height });
  };
  return {
    agent,
    clipboard: async () => {
      const socket = net.connect(path('clipboard'));
      await once(socket, 'connect');
      return socket;
    },
    qmp,
    shell: (command) => inShell(path('console'), command, signal),
    exited: child.exited,
    serial: () => readFileSync(path('serial'), 'utf8'),
    reconnect,
    screen: async (isWanted) => {
      while (!isWanted(await shoot())) await sleep(100, signal);
    },
    [Symbol.asyncDispose]: async () => {
      monitor.send('{"execute":"quit"}');
      await within(child.exited, 5000, () => new Error('QEMU does not quit')).catch(() =>
        child.stop(),
      );
      agent[Symbol.dispose]();
      monitor[Symbol.dispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What is typed before the shell is there is lost, so it is asked until it answers. */
async function inShell(path: string, command: string, signal: AbortSignal): Promise<void> {
  using console = await connectLines(path, signal);
  const mark = Math.random().toString(36).slice(2);
  const heard = new AbortController();
  const asking = (async () => {
    while (!heard.signal.aborted) {
      console.send(`echo "here-$((20+22))-${mark}"`);
      await sleep(500, AbortSignal.any([signal, heard.signal])).catch(() => {});
      signal.throwIfAborted();
    }
  })();
  await console.next(new RegExp(`here-42-${mark}$`), signal);
  heard.abort();
  await asking;
  console.send(`${command}; echo "ended-$?-${mark}"`);
  const end = await console.next(new RegExp(`ended-\\d+-${mark}$`), signal);
  assert.match(end, /ended-0-/, `${command}: ${end}`);
}

/** A new disk for one guest, in `folder`: an overlay of the image's. */
export function makeDisk(image: GuestImage, folder: string): string {
  assert.ok(image.disk !== undefined);
  const disk = join(folder, 'system.qcow2');
  const { file, format, virtualBytes } = image.disk;
  const args = ['create', '-q', '-f', 'qcow2', '-b', file, '-F', format, disk];
  const { status, stderr } = spawnSync('qemu-img', [...args, String(virtualBytes)]);
  assert.equal(status, 0, String(stderr));
  return disk;
}

function qemuArguments(
  image: GuestImage,
  path: (name: string) => string,
  disk: string | undefined,
  heads: number,
): string[] {
  const device = (...words: string[]) => words.flatMap((word) => ['-device', word]);
  return [
    ...['-machine', 'q35', '-accel', 'tcg,thread=multi', '-cpu', 'max'],
    ...['-smp', String(image.cpus), '-m', String(image.memoryMiB)],
    ...['-nodefaults', '-no-reboot', '-vga', 'none', '-display', 'none'],
    ...device(
      `virtio-gpu-pci,xres=1280,yres=800,max_outputs=${heads}`,
      'virtio-keyboard-pci',
      'virtio-tablet-pci',
    ),
    ...device('virtio-serial-pci', 'virtserialport,chardev=agent,name=org.rayos.agent'),
    ...device('virtserialport,chardev=clipboard,name=org.rayos.clipboard', 'virtio-rng-pci'),
    ...['-chardev', `socket,id=clipboard,path=${path('clipboard')},server=on,wait=off`],
    ...(disk === undefined
      ? []
      : [
          ...['-blockdev', `driver=qcow2,node-name=system,file.driver=file,file.filename=${disk}`],
          ...device('virtio-blk-pci,drive=system'),
        ]),
    ...['-chardev', `socket,id=agent,path=${path('agent')},server=on,wait=off`],
    ...['-qmp', `unix:${path('qmp')},server=on,wait=off`, '-serial', 'chardev:serial'],
    ...[
      '-chardev',
      `socket,id=serial,path=${path('console')},server=on,wait=off,logfile=${path('serial')}`,
    ],
    ...['-kernel', image.kernel, '-initrd', image.initrd, '-append', image.commandLine],
  ];
}
