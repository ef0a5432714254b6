// What is left of a process of trials that was killed: no program, and no folder after the next one began.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { own } from '../../src/foundation/index.ts';
import { ownFolder } from './own-folder.ts';
import { tied } from './tied.ts';

const parent = mkdtempSync(join(tmpdir(), 'rayos-leftovers-'));
after(() => rmSync(parent, { recursive: true, force: true }));

/** A script of modules beside this one; it says a line when it has done what it is for, and stays. */
const killedWhile = (script: string) =>
  own(
    spawn(
      process.execPath,
      ['--input-type=module', '--eval', `${script}; process.stdin.resume()`],
      {
        cwd: import.meta.dirname,
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    ),
  );

test('a tied program ends with a process that is killed', async () => {
  const [command, args] = tied('sh', ['-c', 'echo begun; exec sleep 600']);
  await using starter = killedWhile(
    `import { spawn } from 'node:child_process';
     spawn(${JSON.stringify(command)}, ${JSON.stringify(args)}, { stdio: ['ignore', 'inherit', 'inherit'] })`,
  );
  const { stdout } = starter.process;
  assert.ok(stdout);
  const [said] = await once(stdout, 'data');
  assert.equal(String(said), 'begun\n');
  // Both have this pipe: it is closed when neither is there.
  const closed = once(stdout, 'close');
  starter.process.kill('SIGKILL');
  await closed;
});

test('a folder is gone with its scope, one of a killed process when the next is made; others stay', async () => {
  await using starter = killedWhile(
    `import { ownFolder } from './own-folder.ts';
     console.log(ownFolder('trial', ${JSON.stringify(parent)}).path)`,
  );
  const { stdout } = starter.process;
  assert.ok(stdout);
  const [said] = await once(stdout, 'data');
  const left = String(said).trim();
  // A disk that is kept, a folder of another prefix, and one whose process lives.
  const kept = ['trial-1795478003787-1795478159023.raw', 'trial-test-abcdef', 'trial-abcdef'];
  for (const name of kept) mkdirSync(join(parent, name));
  {
    using _mine = ownFolder('trial', parent);
    assert.ok(existsSync(left));
  }
  starter.process.kill('SIGKILL');
  await starter.exited;
  {
    using mine = ownFolder('trial', parent);
    assert.ok(!existsSync(left));
    assert.ok(existsSync(mine.path));
  }
  assert.deepEqual(readdirSync(parent).sort(), kept.sort());
});
