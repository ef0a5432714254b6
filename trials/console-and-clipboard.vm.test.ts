// What surrounds a real guest: its serial console, typed into and read by several; its agent, and what one
// that cannot do something answers; its clipboard, closed until a person says otherwise.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CommandName, ErrorCode } from '../src/contracts/index.ts';
import { until } from '../src/foundation/testing-until.ts';
import { TestRayos } from './harness/rayos.ts';

const guest = 'rescue-desktop';

async function refused(rayos: TestRayos, name: CommandName, args: object): Promise<ErrorCode> {
  const answer = await rayos.ask(name, args);
  assert.ok('error' in answer, `${name} was not refused: ${JSON.stringify(answer)}`);
  return answer.error.code;
}

test('the console of a guest takes what is typed and echoes it to two readers; agent and clipboard say what they cannot', async () => {
  await using rayos = await TestRayos.start();
  await rayos.run('guest.create', { name: guest });
  assert.equal(await refused(rayos, 'console.write', { guest, text: 'x' }), 'GUEST_NOT_RUNNING');
  assert.equal(await refused(rayos, 'guest.open', { guest, what: 'foot' }), 'GUEST_NOT_RUNNING');
  await rayos.run('guest.present', { guest });
  await using first = rayos.follow('guest', 'console', guest, '--follow');
  await using second = rayos.follow('guest', 'console', guest, '--follow', '--last', '0');
  // A reader hears only once it listens: the second is typed to until it does. The guest's terminal echoes.
  let isHeard = false;
  const heard = second.line(/typed-into-it/).then(() => {
    isHeard = true;
  });
  const typing = until(
    async () => {
      if (!isHeard) await rayos.run('console.write', { guest, text: 'typed-into-it\r' });
      return isHeard;
    },
    'the second reader',
    { everyMs: 500 },
  );
  await Promise.all([heard, typing]);
  assert.match(await first.line(/typed-into-it/), /^typed-into-it$/);
  const printed = await rayos.cli('guest', 'console', guest);
  assert.equal(printed.code, 0);
  assert.match(printed.stdout, /^typed-into-it$/m);

  assert.equal(await refused(rayos, 'guest.open', { guest, what: 'foot' }), 'AGENT_MISSING');
  assert.equal(await refused(rayos, 'clipboard.read', { guest }), 'CLIPBOARD_CLOSED');
  await rayos.run('clipboard.rule', { guest, rule: 'allow' });
  const { mediaType } = await rayos.run('clipboard.read', { guest });
  assert.equal(mediaType, 'none');
  const write = { guest, data: 'hello' };
  assert.equal(await refused(rayos, 'clipboard.write', write), 'AGENT_MISSING');
  await rayos.run('guest.hide', { guest });
  assert.equal(await refused(rayos, 'clipboard.read', { guest }), 'NOT_PRESENTED');
  await rayos.run('guest.pause', { guest });
  assert.equal(await refused(rayos, 'guest.open', { guest, what: 'foot' }), 'GUEST_PAUSED');
});
