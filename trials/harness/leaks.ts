// What must be so of a RayOS at rest, whatever happened before: every file and process belongs to a guest
// that it knows, nothing is half made, and disks are whole.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runs, type TestRayos } from './rayos.ts';

const namesIn = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);

/** Process ids whose command line names `text`. */
export function processesNaming(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && runs(pid) && commandLine(pid).includes(text));
}

export function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

export const descriptorsOf = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

/** Throws when something is left that should not be; what guests there are, and their snapshots. */
export async function assertSound(rayos: TestRayos): Promise<Map<string, string[]>> {
  const { guests } = await rayos.run('guest.list', {});
  const known = new Map(guests.map(({ id, name }) => [id, name]));
  const guestsDir = join(rayos.stateDir, 'guests');
  for (const id of namesIn(guestsDir)) assert.ok(known.has(id), `the files of no guest: ${id}`);
  for (const short of namesIn(join(rayos.runtimeDir, 'guests')))
    assert.ok(
      [...known.keys()].some((id) => id.startsWith(short)),
      `the sockets of no guest: ${short}`,
    );
  const halfMade = namesIn(guestsDir).flatMap((id) =>
    readdirSync(join(guestsDir, id), { recursive: true }).filter((name) =>
      /\.(tmp|import)$/.test(String(name)),
    ),
  );
  assert.deepEqual(halfMade, [], 'files that are half made');
  const seen = new Map<string, string[]>();
  for (const { id, name, state } of guests) {
    const { snapshots } = await rayos.run('snapshot.list', { guest: name });
    const names = snapshots.map((snapshot) => snapshot.name).sort();
    seen.set(name, names);
    const folder = join(guestsDir, id);
    const states = snapshots.filter(({ withMemory }) => withMemory).map((s) => `${s.name}.state`);
    assert.deepEqual(namesIn(join(folder, 'snapshots')).sort(), states.sort(), 'kept states');
    const isSaved = state === 'suspended';
    assert.equal(existsSync(join(folder, 'memory.state')), isSaved, `${name} is ${state}`);
    for (const file of namesIn(join(folder, 'disks')).filter((one) => one.startsWith('system')))
      assertDisk(join(folder, 'disks', file), names, state === 'running' || state === 'paused');
  }
  const tools = processesNaming(rayos.stateDir).filter((pid) =>
    commandLine(pid).includes('qemu-img'),
  );
  assert.deepEqual(tools.map(commandLine), [], 'tools that run on');
  return seen;
}

function assertDisk(file: string, snapshots: readonly string[], isOpen: boolean): void {
  const shared = isOpen ? ['-U'] : [];
  const text = execFileSync('qemu-img', ['info', ...shared, '--output=json', file]).toString();
  const info = JSON.parse(text) as { snapshots?: { name: string }[] };
  const found = (info.snapshots ?? []).map(({ name }) => name).sort();
  assert.deepEqual(found, snapshots, 'the snapshots in a disk are those that RayOS knows');
  // Its reference counts are not on disk while a QEMU has it open.
  if (!isOpen) execFileSync('qemu-img', ['check', '-q', file]);
}
