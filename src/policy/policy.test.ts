import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { commandNames, commandOf } from '../contracts/index.ts';
import {
  type Actor,
  decide,
  defaultPolicyText,
  loadPolicy,
  parsePolicy,
  safeMode,
} from './index.ts';

const person: Actor = { kind: 'person', name: 'person:terminal' };
const model: Actor = { kind: 'model', name: 'model:test' };
const loaded = (text: string) => ({ file: 'policy.toml', policy: parsePolicy(text) });

test('the default policy lets a person do everything, asking where the table says so, and a model nothing', () => {
  for (const name of commandNames) {
    const expected = commandOf(name).danger === 'safe' ? 'allow' : 'consent';
    assert.equal(decide(loaded(defaultPolicyText), name, person).verdict, expected, name);
    assert.equal(decide(loaded(defaultPolicyText), name, model).verdict, 'deny', name);
  }
});

test('a model is held to the exposure that the table declares, whatever policy opens', () => {
  const open = loaded(defaultPolicyText.replace('model = []', 'model = ["*"]'));
  for (const name of commandNames) {
    const { exposure, danger } = commandOf(name);
    const expected =
      exposure === 'deny'
        ? 'deny'
        : exposure === 'confirm' || danger !== 'safe'
          ? 'consent'
          : 'allow';
    assert.equal(decide(open, name, model).verdict, expected, name);
  }
});

test('patterns open exactly what they name', () => {
  const some = loaded(
    defaultPolicyText.replace('person = ["*"]', 'person = ["guest.*", "input.type"]'),
  );
  for (const name of commandNames) {
    const verdict = decide(some, name, person).verdict;
    assert.equal(verdict === 'deny', !(name.startsWith('guest.') || name === 'input.type'), name);
  }
});

test('a missing file is written with its reasons, for its owner only; a broken one is safe mode and stays as it is', () => {
  const dir = mkdtempSync(join(tmpdir(), 'rayos-policy-'));
  const file = join(dir, 'policy.toml');
  assert.equal(loadPolicy(file).policy.profile, 'personal');
  assert.equal(readFileSync(file, 'utf8'), defaultPolicyText);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  for (const broken of [
    '',
    'schema = 1',
    'not toml at all [',
    defaultPolicyText.replace('schema = 1', 'schema = 2'),
    `${defaultPolicyText}\n[extra]\n`,
  ]) {
    writeFileSync(file, broken);
    const { policy, brokenBecause } = loadPolicy(file);
    assert.equal(policy, safeMode);
    assert.ok(brokenBecause);
    assert.equal(readFileSync(file, 'utf8'), broken);
  }
  rmSync(dir, { recursive: true });
});

test('in safe mode nothing starts, is shown, or is typed into; looking and stopping work', () => {
  const policy = { file: 'policy.toml', policy: safeMode, brokenBecause: 'line 3' };
  for (const name of ['guest.start', 'guest.present', 'guest.delete', 'input.type'] as const) {
    const decision = decide(policy, name, person);
    assert.equal(decision.verdict, 'deny');
    assert.match(decision.verdict === 'deny' ? decision.reason : '', /safe mode.*line 3/);
  }
  assert.equal(decide(policy, 'guest.list', person).verdict, 'allow');
  assert.equal(decide(policy, 'guest.stop', person).verdict, 'allow');
});

test('any text is either a policy or a refusal in words', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        parsePolicy(text);
      } catch (thrown) {
        assert.ok(thrown instanceof Error && thrown.message.length > 0);
      }
    }),
  );
});
