import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { findBrowser, photographDesktop } from './index.ts';

const page = `<!doctype html><title>a desktop</title><body data-link="live">here
<script>window.rayos = { surfaces: () => [] }</script>`;

test('a picture leaves no session behind', { skip: whyNot() }, async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.setHeader('content-type', 'text/html').end(request.url === '/' ? page : '');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const { signal } = new AbortController();
    const order = { address, width: 400, height: 300, scheme: 'dark' } as const;
    const picture = await photographDesktop(order, signal);
    assert.deepEqual([picture.width, picture.height], [400, 300]);
    assert.ok(asked.includes('DELETE /api/session'));
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

/** Why the test cannot be run here; false when it can. */
function whyNot(): string | false {
  try {
    findBrowser();
    return false;
  } catch {
    return 'there is no Chromium here';
  }
}
