import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import fc from 'fast-check';
import { RayError } from '../contracts/index.ts';
import { openStore, type Store } from '../foundation/index.ts';
import { type Actor, defaultPolicyText, parsePolicy } from '../policy/index.ts';
import { ConsentDesk, type Proposal } from './consent.ts';
import { Audit, auditMigration, ConsentNeeded, Dispatch, type Handlers } from './index.ts';

const person: Actor = { kind: 'person', name: 'person:terminal' };
const other: Actor = { kind: 'person', name: 'person:browser' };
const context = { actor: person, signal: new AbortController().signal };

let deleted: string[] = [];
let world = 'as it was';
let marks: string[] = [];
let store: Store;
let audit: Audit;
let dispatch: Dispatch;

beforeEach(() => {
  deleted = [];
  marks = [];
  world = 'as it was';
  store = openStore(':memory:', [auditMigration]);
  audit = new Audit(store, (name) => marks.push(name));
  const handlers = {
    'guest.list': { run: () => ({ guests: [] }) },
    'guest.start': { run: () => ({ nonsense: true }) },
    'guest.create': {
      run: () => store.database.exec("UPDATE audit SET actor = 'me'"),
    },
    'guest.hide': { run: () => Promise.reject(new Error('boom')) },
    'input.type': { run: () => ({ guest: 'linux-desktop', events: 10 }) },
    'guest.delete': {
      plan: ({ guest }: { guest: string }) => ({
        summary: `This deletes ${guest}.`,
        steps: ['remove'],
        target: guest,
        world,
      }),
      run: ({ guest }: { guest: string }) => {
        deleted.push(guest);
        return { deleted: guest };
      },
    },
  } as unknown as Handlers;
  dispatch = new Dispatch({
    handlers,
    policy: { file: 'policy.toml', policy: parsePolicy(defaultPolicyText) },
    audit,
    mark: (name) => marks.push(name),
  });
});

async function plan(args: object): Promise<ConsentNeeded> {
  const thrown = await dispatch
    .run({ command: 'guest.delete', arguments: args }, context)
    .catch((error: unknown) => error);
  assert.ok(thrown instanceof ConsentNeeded);
  return thrown;
}

const code = (expected: string) => (thrown: unknown) =>
  thrown instanceof RayError && thrown.code === expected;

test('a safe command runs at once and is in the audit', async () => {
  assert.deepEqual(await dispatch.run({ command: 'guest.list', arguments: {} }, context), {
    guests: [],
  });
  assert.partialDeepStrictEqual(audit.newest(1)[0], {
    actor: person.name,
    command: 'guest.list',
    outcome: 'done',
  });
});

test('a destructive command first gives its plan, and runs only with the token of that plan', async () => {
  const asked = await plan({ guest: 'old' });
  assert.equal(asked.plan.summary, 'This deletes old.');
  assert.deepEqual(deleted, []);
  await dispatch.run(
    { command: 'guest.delete', arguments: { guest: 'old' }, consent: asked.consent },
    context,
  );
  assert.deepEqual(deleted, ['old']);
  assert.deepEqual(
    audit.newest(2).map((record) => record.outcome),
    ['done', 'consent-needed'],
  );
});

test('a token is worth nothing twice, for another argument, by another actor, or after the world changed', async () => {
  const run = (consent: string, guest = 'old', actor = person) =>
    dispatch.run({ command: 'guest.delete', arguments: { guest }, consent }, { ...context, actor });
  const twice = (await plan({ guest: 'old' })).consent;
  await run(twice);
  await assert.rejects(run(twice), code('CONSENT_STALE'));
  await assert.rejects(run((await plan({ guest: 'old' })).consent, 'new'), code('CONSENT_STALE'));
  await assert.rejects(
    run((await plan({ guest: 'old' })).consent, 'old', other),
    code('CONSENT_STALE'),
  );
  const before = (await plan({ guest: 'old' })).consent;
  world = 'changed';
  await assert.rejects(run(before), code('CONSENT_STALE'));
  await assert.rejects(run('made up'), code('CONSENT_STALE'));
  assert.deepEqual(deleted, ['old']);
});

test('tokens end after five minutes', () => {
  let now = 0;
  const desk = new ConsentDesk(() => now);
  const proposal: Proposal = {
    actor: 'a',
    command: 'guest.delete',
    arguments: { b: 1, a: 2 },
    plan: { command: 'guest.delete', summary: 's', steps: [], target: 't' },
    world: 'w',
  };
  const early = desk.offer(proposal);
  const late = desk.offer(proposal);
  now = 4 * 60_000;
  assert.equal(desk.redeem(early, { ...proposal, arguments: { a: 2, b: 1 } }), true);
  now = 6 * 60_000;
  assert.equal(desk.redeem(late, proposal), false);
});

test('what is wrong with a request is said by name', async () => {
  const refused = (command: string, args: unknown) =>
    dispatch.run({ command, arguments: args }, context);
  await assert.rejects(refused('guest.explode', {}), code('UNKNOWN_COMMAND'));
  await assert.rejects(refused('__proto__', {}), code('UNKNOWN_COMMAND'));
  await assert.rejects(refused('guest.list', { colour: 1 }), /no argument "colour"/);
  await assert.rejects(refused('guest.delete', {}), /guest/);
  await assert.rejects(refused('guest.list', 'x'), code('BAD_REQUEST'));
  assert.ok(audit.newest(10).every((record) => record.outcome === 'failed'));
});

test('a room that answers what the table does not say, or throws, is a fault and not a success', async () => {
  await assert.rejects(
    dispatch.run({ command: 'guest.start', arguments: { guest: 'x' } }, context),
    /not as declared/,
  );
  await assert.rejects(
    dispatch.run({ command: 'guest.hide', arguments: { guest: 'x' } }, context),
    code('INTERNAL'),
  );
});

test('what a person types is not in the audit', async () => {
  await dispatch.run({ command: 'input.type', arguments: { text: 'my secret' } }, context);
  assert.doesNotMatch(JSON.stringify(audit.newest(1)), /secret/);
});

test('arbitrary arguments never get past the schema unseen', async () => {
  await fc.assert(
    fc.asyncProperty(fc.anything(), async (args) => {
      await dispatch
        .run({ command: 'guest.delete', arguments: args }, context)
        .catch((thrown: unknown) => assert.ok(thrown instanceof RayError));
      assert.deepEqual(deleted, []);
    }),
  );
});

test('a full disk costs audit records, and says so; it neither fails a command nor hides its error', async () => {
  store.database.exec('PRAGMA query_only = ON');
  const ask = (command: string, args: object) =>
    dispatch.run({ command, arguments: args }, context);
  assert.deepEqual(await ask('guest.list', {}), { guests: [] });
  await assert.rejects(ask('guest.hide', { guest: 'x' }), /boom/);
  await assert.rejects(ask('guest.create', { name: 'x' }), code('STATE_UNWRITABLE'));
  assert.deepEqual(marks, Array(3).fill('LOG:AUDIT_LOST'));
  assert.deepEqual(audit.newest(1), []);
});

test('an audit whose statements throw, whatever they throw, is no reason to fail', () => {
  const counts: unknown[] = [];
  const statement = {
    run: () => {
      throw new Error('disk I/O error');
    },
  };
  const broken = new Audit(
    { database: { prepare: () => statement } as unknown as Store['database'] },
    (_name, args) => counts.push(args),
  );
  const record = {
    actor: 'a',
    command: 'c',
    arguments: {},
    outcome: 'done',
    durationMs: 1,
  } as const;
  broken.append(record);
  broken.append(record);
  assert.deepEqual(counts, [{ count: 1 }, { count: 2 }]);
});
