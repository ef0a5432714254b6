// What a request is answered: a plan, a stream, or what is wrong with it.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { errorOf, startGateway } from './testing/gateway.ts';

const stage = await startGateway();
after(() => stage[Symbol.asyncDispose]());
const { ask } = stage;

test('a command that needs consent answers with the plan and a token', async () => {
  const answer = await ask('/api/commands/guest.kill', {
    method: 'POST',
    body: { arguments: { guest: 'x' } },
    overSocket: true,
  });
  assert.equal(answer.status, 409);
  const { error, plan, consent } = JSON.parse(answer.body) as {
    error: { code: string };
    plan: { command: string };
    consent: string;
  };
  assert.deepEqual(
    [error.code, plan.command, typeof consent],
    ['CONSENT_NEEDED', 'guest.kill', 'string'],
  );
});

test('malformed requests are told what is wrong with them', async () => {
  const post = (body: unknown) =>
    ask('/api/commands/guest.list', { method: 'POST', body, overSocket: true });
  for (const body of [
    [],
    'text',
    1,
    { arguments: [] },
    { arguments: { x: 1 } },
    { arguments: {}, consent: 5 },
  ])
    assert.equal(errorOf(await post(body)), 'BAD_REQUEST');
  assert.equal(
    errorOf(await ask('/api/commands/no.such', { method: 'POST', body: {}, overSocket: true })),
    'UNKNOWN_COMMAND',
  );
  assert.equal(
    (
      await ask('/api/commands/guest.list', {
        method: 'POST',
        body: { arguments: { x: 'y'.repeat(100_000) } },
        overSocket: true,
      })
    ).status,
    400,
  );
});

test('streams answer one value a line', async () => {
  const { body } = await ask('/api/commands/log.markers', {
    method: 'POST',
    body: { arguments: {} },
    overSocket: true,
  });
  const lines = body
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { name: string });
  assert.equal(lines[0]?.name, 'GATEWAY:LISTENING');
});
