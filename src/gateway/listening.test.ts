// The port that RayOS listens on.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openGateway } from './index.ts';
import { startGateway } from './testing/gateway.ts';

const stage = await startGateway();
after(() => stage[Symbol.asyncDispose]());

test('a taken port is said in words, with another one to try', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as { port: number };
  const socket = join(stage.dir, 's2');
  await assert.rejects(
    openGateway(stage.parts, { port, socket }),
    (thrown: unknown) =>
      (thrown as { code: string; next: string }).code === 'PORT_TAKEN' &&
      (thrown as { next: string }).next.includes(String(port + 1)),
  );
  assert.equal(existsSync(socket), false);
  other.close();
});

test('it listens on the loopback address of IPv4 and nowhere else', async () => {
  assert.deepEqual(addressesOf(stage.gateway.port), ['0100007F']);
});

/** The local addresses, in the kernel's form, on which something listens at that port. */
function addressesOf(port: number): string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return ['tcp', 'tcp6'].flatMap((family) =>
    readFileSync(`/proc/net/${family}`, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local, , state]) => local?.endsWith(`:${hex}`) && state === '0A')
      .map(([, local = '']) => local.split(':')[0] ?? ''),
  );
}
