// The machine that runs a guest image in tests: QEMU with software emulation, as RayOS starts it, but
// with its sockets in the test's hands.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { type Exit, own, sleep, within } from '../../src/foundation/index.ts';
import type { GuestImage } from '../index.ts';
import { connectLines, type LineSocket } from './line-socket.ts';

export type Machine = AsyncDisposable & {
  readonly agent: LineSocket;
  /** Runs one QMP command and waits for its answer. */
  readonly qmp: (execute: string, args?: object) => Promise<void>;
  readonly exited: Promise<Exit>;
  /** What came out of the serial console so far. */
  readonly serial: () => string;
  /** Another connection to the agent's port; the machine accepts one at a time. */
  readonly reconnect: () => Promise<LineSocket>;
  /** Waits until the picture on the screen is as `isWanted` says; it gets a pixel as `r,g,b`. */
  readonly screen: (isWanted: (at: (x: number, y: number) => string) => boolean) => Promise<void>;
};

export async function startMachine(image: GuestImage, signal: AbortSignal): Promise<Machine> {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-guest-'));
  const path = (name: string) => join(folder, name);
  const child = own(spawn('qemu-system-x86_64', qemuArguments(image, path), { stdio: 'inherit' }));
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
    return (x: number, y: number) => {
      const at = (y * picture.width + x) * picture.channels;
      return [...picture.data.slice(at, at + 3)].join();
    };
  };
  return {
    agent,
    qmp,
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

function qemuArguments(image: GuestImage, path: (name: string) => string): string[] {
  const device = (...words: string[]) => words.flatMap((word) => ['-device', word]);
  return [
    ...['-machine', 'q35', '-accel', 'tcg,thread=multi', '-cpu', 'max'],
    ...['-smp', String(image.cpus), '-m', String(image.memoryMiB)],
    ...['-nodefaults', '-no-reboot', '-vga', 'none', '-display', 'none'],
    ...device('virtio-gpu-pci,xres=1280,yres=800', 'virtio-keyboard-pci', 'virtio-tablet-pci'),
    ...device('virtio-serial-pci', 'virtserialport,chardev=agent,name=org.rayos.agent'),
    ...['-chardev', `socket,id=agent,path=${path('agent')},server=on,wait=off`],
    ...['-qmp', `unix:${path('qmp')},server=on,wait=off`, '-serial', `file:${path('serial')}`],
    ...['-kernel', image.kernel, '-initrd', image.initrd, '-append', image.commandLine],
  ];
}
