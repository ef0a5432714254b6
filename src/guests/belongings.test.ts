import assert from 'node:assert/strict';
import fs, {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { paths } from '../foundation/index.ts';
import { copyOtherFiles, variablesFile } from './belongings.ts';
import { placesOf } from './places.ts';
import { plainSpec } from './spec.ts';

function twoGuests() {
  const stateDir = mkdtempSync(join(tmpdir(), 'rayos-belongings-'));
  const all = paths({ RAYOS_STATE: stateDir });
  const [from, to] = [placesOf(all, 'original'), placesOf(all, 'copy')];
  for (const { disksDir } of [from, to]) mkdirSync(disksDir, { recursive: true });
  fs.writeFileSync(join(from.disksDir, variablesFile), 'boots from the disk', { mode: 0o600 });
  return { from, to, [Symbol.dispose]: () => rmSync(stateDir, { recursive: true }) };
}

const uefi = { ...plainSpec, firmware: 'uefi' } as const;

test("a copy's other files are on the disk before it is said to be whole", async (t) => {
  using guests = twoGuests();
  const { from, to } = guests;
  const synced: string[] = [];
  const fsync = fs.fsyncSync;
  t.mock.method(fs, 'fsyncSync', (fd: number) => {
    synced.push(readlinkSync(`/proc/self/fd/${fd}`));
    fsync(fd);
  });
  syncBuiltinESMExports();
  try {
    await copyOtherFiles(uefi, from, to, new AbortController().signal);
  } finally {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  }
  const file = join(to.disksDir, variablesFile);
  assert.equal(readFileSync(file, 'utf8'), 'boots from the disk');
  assert.equal(fs.statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(synced, [`${file}.tmp`]);
});

test('a copy that is cancelled leaves no file under its name', async () => {
  using guests = twoGuests();
  const { from, to } = guests;
  await assert.rejects(copyOtherFiles(uefi, from, to, AbortSignal.abort()));
  assert.deepEqual(readdirSync(to.disksDir), []);
});
