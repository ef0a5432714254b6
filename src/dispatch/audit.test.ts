// How much of the audit is kept.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStore } from '../foundation/index.ts';
import { Audit, auditMigration } from './audit.ts';

test('the newest 50,000 records are kept, and the older ones go a thousand at a time', () => {
  const store = openStore(':memory:', [auditMigration]);
  const audit = new Audit(store, () => assert.fail('a record was lost'));
  const count = () => store.database.prepare('SELECT count(*) AS n FROM audit').get()?.n;
  const append = (times: number) => {
    for (let i = 0; i < times; i++)
      audit.append({
        actor: 'person:test',
        command: 'guest.list',
        arguments: {},
        outcome: 'done',
        durationMs: 1,
      });
  };
  append(50_999);
  assert.equal(count(), 50_999);
  append(1);
  assert.equal(count(), 50_000);
  assert.equal(audit.newest(1)[0]?.sequence, 51_000);
});
