// Consent without a terminal, and files that are not overwritten: what must not happen by accident.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { RayError } from '../contracts/index.ts';
import { linux, Offer, startDaemon } from './testing/daemon.ts';
import { rayos } from './testing/rayos.ts';

const plan = {
  command: 'guest.delete',
  summary: 'This deletes Linux desktop and everything it keeps.',
  steps: ['remove its folder', 'this cannot be undone'],
  target: 'linux-desktop',
};
const needsConsent = (_: unknown, consent?: string) => {
  if (consent === undefined) throw new Offer(plan);
  if (consent !== 'token-1') throw new RayError('CONSENT_STALE', 'it no longer fits');
  return { deleted: 'linux-desktop' };
};
const png = Buffer.from('89504e470d0a1a0a0000', 'hex');
const picture = () => ({
  width: 8,
  height: 4,
  mediaType: 'image/png',
  data: png.toString('base64'),
});
test('consent without a terminal: plan and token, exit 4; with the token it is done', async () => {
  await using daemon = await startDaemon({ 'guest.delete': needsConsent });
  const asked = await rayos(['guest', 'delete', 'linux'], daemon.env);
  assert.equal(asked.code, 4);
  assert.match(asked.err, /This deletes Linux desktop[\s\S]*• remove its folder/);
  assert.match(asked.err, /rayos guest delete linux --consent token-1/);
  const json = JSON.parse((await rayos(['guest', 'delete', 'linux', '--json'], daemon.env)).out);
  assert.deepEqual([json.error.code, json.plan, json.consent], ['CONSENT_NEEDED', plan, 'token-1']);
  assert.equal((await rayos(['guest', 'delete', 'linux', '--yes'], daemon.env)).code, 4);
  const done = await rayos(['guest', 'delete', 'linux', '--consent', 'token-1'], daemon.env);
  assert.deepEqual([done.code, done.out], [0, 'linux-desktop is deleted.\n']);
  assert.equal((await rayos(['guest', 'delete', 'linux', '--consent=old'], daemon.env)).code, 4);
});

test('--yes consents to what needs confirmation only', async () => {
  const killed = { ...linux, state: 'stopped', presented: false };
  await using daemon = await startDaemon({
    'guest.kill': (_, consent) => {
      if (consent === undefined) throw new Offer({ ...plan, command: 'guest.kill' });
      return killed;
    },
  });
  assert.equal((await rayos(['guest', 'kill', 'linux'], daemon.env)).code, 4);
  const done = await rayos(['guest', 'kill', 'linux', '--yes'], daemon.env);
  assert.deepEqual([done.code, done.out], [0, 'Linux desktop has stopped.\n']);
});

test('screenshots are written whole, and never over what is no picture', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-pictures-'));
  await using daemon = await startDaemon({
    'screenshot.guest': picture,
    'screenshot.desktop': picture,
  });
  try {
    const file = join(folder, 'guest.png');
    const taken = await rayos(['screenshot', 'guest', 'linux', file], daemon.env);
    assert.equal(taken.out, `${file}: 8×4, 10 bytes\n`);
    assert.deepEqual(readFileSync(file), png);
    assert.deepEqual(daemon.calls[0]?.arguments, { guest: 'linux' }, 'the file stays here');
    assert.equal((await rayos(['screenshot', 'guest', 'linux', file], daemon.env)).code, 0);

    const letter = join(folder, 'letter.txt');
    writeFileSync(letter, 'Dear Ada');
    const asked = daemon.calls.length;
    const refused = await rayos(['screenshot', 'desktop', letter], daemon.env);
    assert.equal(refused.code, 2);
    assert.match(refused.err, /is no picture.*--force/);
    assert.equal(daemon.calls.length, asked, 'and nothing was asked of RayOS');
    assert.equal(readFileSync(letter, 'utf8'), 'Dear Ada');
    assert.equal((await rayos(['screenshot', 'desktop', letter, '--force'], daemon.env)).code, 0);

    assert.equal((await rayos(['screenshot', 'desktop', folder], daemon.env)).code, 2);
    const nowhere = await rayos(['screenshot', 'desktop', join(folder, 'a/b.png')], daemon.env);
    assert.match(nowhere.err, /cannot write/);

    const unnamed = await rayos(['--json', 'take a screenshot of linux'], daemon.env, folder);
    const { result } = JSON.parse(unnamed.out);
    assert.match(result.file, /^linux-desktop-\d{4}-\d\d-\d\d-\d{6}\.png$/);
    assert.ok(existsSync(join(folder, result.file)));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
