// For tests with a real QEMU: a guest to present, a real HTTP server, and viewers with real WebSockets.

import { randomUUID } from 'node:crypto';
import { chmodSync, chownSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import {
  type FramerMessage,
  formatMarker,
  messageKind,
  messageKinds,
  protocolName,
  streamProtocol,
  type ViewerMessage,
} from '../contracts/index.ts';
import { Emitter, within } from '../foundation/index.ts';
import {
  type Device,
  launchQemu,
  type MachineConfig,
  openDisplayChannel,
  type RunningQemu,
} from '../hypervisor/index.ts';
import { Picture } from './picture.test-helper.ts';
import { Presentation } from './presentation.ts';
import type { Mark, PresentableGuest, PresentationOptions } from './types.ts';

/** Debian's `nobody`: for QEMU and framers of tests that run as root. */
const nobody = 65534;
const ids = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
const patienceMs = 60_000;

export type TestGuest = AsyncDisposable & {
  readonly guest: PresentableGuest;
  readonly qemu: RunningQemu;
  readonly folder: string;
};

/** A guest that runs; by default one that only shows its firmware's text. */
export async function startGuest(
  config: Partial<MachineConfig> = {},
  moreDevices: (folder: string) => readonly Device[] = () => [],
): Promise<TestGuest> {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-vm-'));
  chmodSync(folder, 0o755);
  if (ids.uid !== undefined) chownSync(folder, nobody, nobody);
  const qemu = await launchQemu(
    {
      name: 'probe-guest',
      uuid: randomUUID(),
      accelerator: 'tcg',
      cpus: 1,
      memoryMiB: 256,
      boot: { kind: 'firmware' },
      display: { width: 1280, height: 800, heads: 1 },
      devices: [
        { kind: config.boot === undefined ? 'virtio-vga' : 'virtio-gpu' },
        { kind: 'virtio-keyboard' },
        { kind: 'virtio-tablet' },
        ...moreDevices(folder),
      ],
      qmpSocket: join(folder, 'qmp.sock'),
      serialSocket: join(folder, 'serial.sock'),
      sandbox: true,
      ...config,
    },
    {
      binary: process.env.RAYOS_QEMU ?? 'qemu-system-x86_64',
      logFd: openSync(join(folder, 'qemu.log'), 'w'),
      signal: AbortSignal.timeout(patienceMs),
      ...ids,
    },
  );
  const guest: PresentableGuest = {
    id: 'g1',
    name: 'probe-guest',
    title: 'Probe guest',
    openChannel: () => openDisplayChannel(qemu.qmp),
  };
  return {
    guest,
    qemu,
    folder,
    async [Symbol.asyncDispose]() {
      await qemu.kill();
      await qemu.qmp[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A presentation whose markers can be waited for. */
export function startPresentation(options: Partial<PresentationOptions> = {}) {
  const lines: string[] = [];
  const marked = new Emitter<string>();
  const mark: Mark = (name, args) => {
    const line = formatMarker(name, args);
    lines.push(line);
    marked.emit(line);
  };
  const compileCacheDir = mkdtempSync(join(tmpdir(), 'rayos-compiled-'));
  const presentation = new Presentation({ mark, ...ids, compileCacheDir, ...options });
  /** The first marker after `from` lines that matches. */
  const marker = async (pattern: RegExp, from = 0): Promise<string> => {
    const find = () => lines.slice(from).find((line) => pattern.test(line));
    return await until(find, (look) => marked.on(look), `a marker like ${pattern}`);
  };
  return {
    presentation,
    lines,
    marker,
    async [Symbol.asyncDispose]() {
      await presentation[Symbol.asyncDispose]();
      rmSync(compileCacheDir, { recursive: true, force: true });
    },
  };
}

/** Serves viewers as rayosd does: /<surface>?<session>; and pixel streams: /<surface>?<key>. */
export async function serveViewers(presentation: Presentation) {
  const server = createServer();
  server.on('upgrade', (request, stream, head) => {
    try {
      const [surface = '', party] = (request.url ?? '').slice(1).split('?');
      presentation.attachViewer(surface, stream as Socket, head, request.headers, party);
    } catch {
      stream.destroy();
    }
  });
  server.on('request', (request) => {
    const [surface = '', key] = (request.url ?? '').slice(1).split('?');
    const headers = { 'sec-websocket-protocol': `${streamProtocol}${key}` };
    presentation.attachViewer(surface, request.socket, Buffer.alloc(0), headers);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `ws://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A browser's window. It gives credit back as soon as it has drawn, unless it is stalled. */
export class TestViewer implements AsyncDisposable {
  readonly picture = new Picture();
  readonly messages: FramerMessage[] = [];
  frames = 0;
  isStalled = false;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #ws: WebSocket;
  readonly #changed = new Emitter<void>();

  constructor(address: string, party?: string) {
    const url = party === undefined ? address : `${address}?${party}`;
    this.#ws = new WebSocket(url, protocolName, { perMessageDeflate: false });
    this.#ws.binaryType = 'nodebuffer';
    this.#ws.on('message', (data, isBinary) => {
      if (isBinary) this.#hear(data as Buffer);
      else this.messages.push(JSON.parse(String(data)) as FramerMessage);
      this.#changed.emit();
    });
    this.#ws.on('error', () => {});
    this.closed = new Promise((resolve) => {
      this.#ws.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
    });
  }

  say(message: ViewerMessage): void {
    this.#ws.send(JSON.stringify(message));
  }

  /** Resolves when `condition` holds after something has come. */
  async until(condition: () => boolean, what: string): Promise<void> {
    await until(
      () => condition() || undefined,
      (look) => this.#changed.on(look),
      what,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ws.terminate();
    await this.closed;
  }

  #hear(data: Buffer): void {
    const { buffer, byteOffset, byteLength } = data;
    const kind = messageKind(buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer);
    if (kind !== messageKinds.frame) return;
    this.frames++;
    this.picture.apply(data);
    if (!this.isStalled) this.say({ type: 'drawn', frame: this.picture.frame });
  }
}

async function until<T>(
  find: () => T | undefined,
  subscribe: (look: () => void) => () => void,
  what: string,
): Promise<T> {
  const found = Promise.withResolvers<T>();
  const look = () => {
    const value = find();
    if (value !== undefined) found.resolve(value);
  };
  const stop = subscribe(look);
  look();
  try {
    return await within(found.promise, patienceMs, () => new Error(`waited in vain for ${what}`));
  } finally {
    stop();
  }
}
