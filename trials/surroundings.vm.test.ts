// What surrounds a guest, with a real one: its console, its clipboard, what it uses; settings and help by the command line.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../src/foundation/testing-until.ts';
import { TestRayos } from './harness/rayos.ts';

let rayos: TestRayos;

before(async () => {
  rayos = await TestRayos.start();
  await rayos.run('guest.create', { name: 'rescue-desktop' });
  await rayos.run('guest.start', { guest: 'rescue-desktop' });
});

after(async () => {
  await rayos[Symbol.asyncDispose]();
});

test('what is typed into the console is taken; what a guest uses is measured', async () => {
  const written = await rayos.run('console.write', { guest: 'rescue-desktop', text: '\r' });
  assert.deepEqual(written, { guest: 'rescue-desktop', bytes: 1 });
  const { memoryMiB } = await until(async () => {
    const { samples } = await rayos.run('guest.usage', { guest: 'rescue-desktop' });
    return samples[0];
  }, 'a measurement');
  assert.ok(memoryMiB > 50, `${memoryMiB} MiB`);
});

test('a clipboard is closed until a person opens it, and then until the guest is on screen', async () => {
  const asked = () => rayos.ask('clipboard.read', { guest: 'rescue-desktop' });
  const code = async () => {
    const answer = await asked();
    return 'error' in answer ? answer.error.code : 'done';
  };
  assert.equal(await code(), 'CLIPBOARD_CLOSED');
  await rayos.run('clipboard.rule', { guest: 'rescue-desktop', rule: 'allow' });
  assert.equal(await code(), 'NOT_PRESENTED');
  await rayos.run('guest.present', { guest: 'rescue-desktop' });
  assert.equal(await code(), 'done');
});

test('a guest that cannot open things by name is not asked to', async () => {
  const answer = await rayos.ask('guest.open', { guest: 'rescue-desktop', what: 'terminal' });
  assert.equal('error' in answer && answer.error.code, 'AGENT_MISSING');
});

test('what is changed of a guest that runs waits for its next start, and says so', async () => {
  await rayos.run('guest.set', { guest: 'rescue-desktop', memoryMiB: 300, network: 'off' });
  const { atNextStart, network } = await rayos.run('guest.show', { guest: 'rescue-desktop' });
  assert.equal(atNextStart.length, 1, atNextStart.join());
  assert.match(atNextStart[0] ?? '', /^300 MiB of memory in place of \d+$/);
  assert.match(network.opens, /^nothing/);
  const { stdout } = await rayos.cli('guest', 'show', 'rescue-desktop');
  assert.match(stdout, /at next start +300 MiB/);
});

test('settings and help answer on the command line', async () => {
  assert.equal((await rayos.cli('settings', 'set', '--scheme', 'dark')).code, 0);
  assert.match((await rayos.cli('settings', 'show')).stdout, /scheme +dark/);
  const asked = await rayos.cli('ask', 'how do I read the serial console');
  assert.match(asked.stdout, /serial console[\s\S]*docs\/console\.md/);
});
