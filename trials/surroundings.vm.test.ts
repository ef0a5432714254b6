// What surrounds a real guest: its serial console, typed into and read by several; its agent, and what one
// that cannot do something answers; its clipboard, closed until a person says otherwise.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CommandName, ErrorCode } from '../src/contracts/index.ts';
import { TestRayos } from './harness/rayos.ts';

const guest = 'rescue-desktop';

async function refused(rayos: TestRayos, name: CommandName, args: object): Promise<ErrorCode> {
  const answer = await rayos.ask(name, args);
  assert.ok('error' in answer, `${name} was not refused: ${JSON.stringify(answer)}`);
  return answer.error.code;
}

test('a shell on the serial console hears what is typed, and two readers hear its answer', async () => {
  await using rayos = await TestRayos.start();
  await rayos.run('guest.create', { name: guest });
  assert.equal(await refused(rayos, 'console.write', { guest, text: 'x' }), 'GUEST_NOT_RUNNING');
  assert.equal(await refused(rayos, 'guest.open', { guest, what: 'foot' }), 'GUEST_NOT_RUNNING');
  await rayos.run('guest.present', { guest });
  await rayos.run('input.type', { text: 'sh < /dev/ttyS0 > /dev/ttyS0 2>&1' });
  await rayos.run('input.press', { keys: 'enter' });
  await using first = rayos.follow('guest', 'console', guest, '--follow');
  await using second = rayos.follow('guest', 'console', guest, '--follow', '--last', '0');
  // The second has heard something only once it listens: it is asked until it has.
  const heard = second.line(/answer-42/);
  let isHeard = false;
  void heard.then(() => {
    isHeard = true;
  });
  while (!isHeard) {
    const text = `printf '\\033]0;title\\007answer-%s\\n' $((6 * 7))\r`;
    await rayos.run('console.write', { guest, text });
    await Promise.race([heard, new Promise((resolve) => setTimeout(resolve, 2000))]);
  }
  assert.match(await first.line(/answer-42/), /^answer-42$/);
  const printed = await rayos.cli('guest', 'console', guest);
  assert.equal(printed.code, 0);
  assert.match(printed.stdout, /^answer-42$/m);

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
