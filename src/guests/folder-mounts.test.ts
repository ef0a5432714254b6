import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { mountFolders, unmountFolders } from './folder-mounts.ts';

/** An agent that mounts everything but what it is told to refuse. */
function agent(refused: readonly string[] = []) {
  const mounted = new Map<string, boolean>();
  return {
    mounted,
    can: () => true,
    mount: async ({ name, writable }: { name: string; writable: boolean }) => {
      if (refused.includes(name)) return false;
      mounted.set(name, writable);
      return true;
    },
    unmount: async (name: string) => mounted.delete(name),
  };
}

test('what is taken away before a save comes back after it: dropped files as well', async () => {
  const dropDir = join(mkdtempSync(join(tmpdir(), 'rayos-mounts-')), 'drop');
  const folders = [{ name: 'work', writable: true }];
  try {
    const guest = agent();
    assert.deepEqual(await mountFolders(guest, folders, { dropDir }), []);
    mkdirSync(dropDir);
    assert.deepEqual(await mountFolders(guest, folders, { dropDir }), []);
    assert.deepEqual([...guest.mounted], [['work', true]]);
    writeFileSync(join(dropDir, 'letter.txt'), 'letter');
    await unmountFolders(guest, folders);
    assert.deepEqual(await mountFolders(guest, folders, { dropDir }), []);
    assert.deepEqual(
      [...guest.mounted],
      [
        ['work', true],
        ['drop', false],
      ],
    );
    await unmountFolders(guest, folders);
    assert.equal(guest.mounted.size, 0);
    assert.deepEqual(await mountFolders(agent(['drop']), folders, { dropDir }), ['drop']);
  } finally {
    rmSync(join(dropDir, '..'), { recursive: true });
  }
});
