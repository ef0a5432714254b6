// For tests: sockets that speak as QEMU's do, and a process in its place. It refuses, and falls silent, at will.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { own, paths } from '../foundation/index.ts';
import { makePlaces, placesOf } from './places.ts';
import { RunningGuest } from './running.ts';

export type Answer = { readonly return: object } | { readonly error: object } | undefined;

/** Where a QEMU would be; `answer` says what it answers to each command. */
export async function standIn(
  answer: (command: string) => Answer,
  id = '0123456789',
  onAgent: (line: string, qemu: ChildProcess) => void = () => undefined,
) {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-running-'));
  const places = placesOf(paths({ RAYOS_STATE: folder, RAYOS_RUNTIME: join(folder, 'run') }), id);
  makePlaces(places);
  const child = own(spawn('sleep', ['100']));
  const open = new Set<string>();
  const closed = new Map<string, () => void>();
  const listen = async (name: string, path: string): Promise<Server> => {
    const server = createServer((socket) => {
      open.add(name);
      socket.once('close', () => {
        open.delete(name);
        closed.get(name)?.();
      });
      socket.on('error', () => undefined);
      if (name === 'agent')
        return void createInterface(socket).on('line', (line) => onAgent(line, child.process));
      if (name !== 'qmp') return void socket.resume();
      const version = { qemu: { major: 7, minor: 2, micro: 0 }, package: '' };
      socket.write(`${JSON.stringify({ QMP: { version, capabilities: [] } })}\n`);
      createInterface(socket).on('line', (line) => {
        const { id, execute } = JSON.parse(line) as { id: number; execute: string };
        const said = execute === 'qmp_capabilities' ? { return: {} } : answer(execute);
        if (said !== undefined) socket.write(`${JSON.stringify({ id, ...said })}\n`);
      });
    });
    await new Promise<void>((resolve) => server.listen(path, resolve));
    return server;
  };
  const { qmpSocket, agentSocket, serialSocket } = places;
  const ports = { qmp: qmpSocket, agent: agentSocket, serial: serialSocket };
  const servers = await Promise.all(
    Object.entries(ports).map(([name, path]) => listen(name, path)),
  );
  const pid = child.process.pid ?? 0;
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const startTime = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  const process = { pid, startTime, accelerator: 'tcg', started: '' } as const;
  return {
    process,
    folder,
    /** Resolves when nothing of ours is at any of its ports. */
    left: () =>
      Promise.all(
        Object.keys(ports).map(
          (name) =>
            new Promise<void>((resolve) => {
              closed.set(name, resolve);
              if (!open.has(name)) resolve();
            }),
        ),
      ),
    attach: () => RunningGuest.attach(process, places, new AbortController().signal, true),
    async [Symbol.asyncDispose]() {
      await child[Symbol.asyncDispose]();
      for (const server of servers) server.close();
      rmSync(folder, { recursive: true });
    },
  };
}
