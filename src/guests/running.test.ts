// A running guest before a QEMU that refuses, or does not answer: sockets that speak as QEMU's do.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { own, paths, within } from '../foundation/index.ts';
import { makePlaces, placesOf } from './places.ts';
import { RunningGuest } from './running.ts';

type Answer = { readonly return: object } | { readonly error: object } | undefined;

/** Where a QEMU would be; `answer` says what it answers to each command. */
async function standIn(answer: (command: string) => Answer) {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-running-'));
  const places = placesOf(
    paths({ RAYOS_STATE: folder, RAYOS_RUNTIME: join(folder, 'run') }),
    '0123456789',
  );
  makePlaces(places);
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
  const child = own(spawn('sleep', ['100']));
  const pid = child.process.pid ?? 0;
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const startTime = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  const process = { pid, startTime, accelerator: 'tcg', started: '' } as const;
  return {
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

test('a QEMU that refuses when it is attached to keeps none of our connections', async () => {
  let refuses = true;
  await using qemu = await standIn(() =>
    refuses
      ? { error: { class: 'GenericError', desc: 'not now' } }
      : { return: { status: 'running' } },
  );
  await assert.rejects(qemu.attach(), /not now/);
  await within(qemu.left(), 10_000, () => new Error('they are held'));
  refuses = false;
  await using guest = await qemu.attach();
  assert.ok(guest, 'and it can be attached to again');
});

test('silence says nothing of a QEMU that does what we asked for', async () => {
  let answers = true;
  await using qemu = await standIn(() => (answers ? { return: { status: 'running' } } : undefined));
  await using guest = await qemu.attach();
  assert.equal(await guest?.silent(5000), undefined);
  answers = false;
  assert.equal(await guest?.silent(50), 'QEMU');
  const saved = Promise.withResolvers<void>();
  const asked = guest?.silent(200);
  const saving = guest?.quietly(() => saved.promise);
  assert.equal(await guest?.silent(50), 'busy');
  saved.resolve();
  await saving;
  assert.equal(await asked, 'busy', 'also when it was asked before and the work is done');
  assert.equal(await guest?.silent(50), 'QEMU');
});
