// The peer: noVNC over QEMU's own WebSocket VNC, on the very QEMU that RayOS presents. RayOS is told to
// use a QEMU that is Debian's with one option more; the product itself has no VNC.

import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcp } from 'node:net';
import { extname, join, normalize } from 'node:path';

const here = import.meta.dirname;
const novnc = join(here, '../../node_modules/@novnc/novnc');
const types: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' };

/**
 * Writes a program that runs `qemu` with a VNC server on loopback beside whatever it is asked for. A lossy one
 * may send photographs as JPEG, which QEMU does not do unless it is told to.
 */
export function qemuWithVnc(
  file: string,
  qemu: string,
  ports: { readonly vnc: number; readonly webSocket: number },
  isLossy: boolean,
): void {
  const options = `-vnc 127.0.0.1:${ports.vnc - 5900},websocket=127.0.0.1:${ports.webSocket}${isLossy ? ',lossy=on' : ''}`;
  writeFileSync(
    file,
    `#!/bin/sh\ncase "$*" in *virtio-gpu*) exec ${qemu} "$@" ${options} ;; *) exec ${qemu} "$@" ;; esac\n`,
  );
  chmodSync(file, 0o755);
}

/** A port of loopback that is free now, at or above `from`. */
export async function freePort(from: number): Promise<number> {
  for (let port = from; ; port++) {
    const server = createTcp();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    server.close();
    if (isFree) return port;
  }
}

/** Serves noVNC and its page on loopback. */
export async function servePeer(): Promise<{ readonly address: string } & AsyncDisposable> {
  const server: Server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://x').pathname);
    const file = path.startsWith('/novnc/')
      ? join(novnc, path.slice('/novnc/'.length))
      : join(here, path === '/' ? 'novnc.html' : path);
    try {
      const content = readFileSync(file);
      response
        .writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' })
        .end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}/`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
