// Whether RayOS runs already for this user; if so, the person gets a new address instead of an error.
// @ts-check

import { request } from 'node:http';
import { paths } from '../src/foundation/paths.ts';
import { bold, say } from './say.mjs';

/** Asks the rayosd of this user for a new sign-in address and prints it. False if there is none. */
export async function isRunning() {
  const answer = await newLink().catch(() => undefined);
  if (answer === undefined) return false;
  say(`  RayOS runs already. Open: ${bold(answer)}`);
  say('  (the address works once; `npx rayos shutdown` stops RayOS)');
  return true;
}

/** @returns {Promise<string>} */
function newLink() {
  return new Promise((resolve, reject) => {
    const message = request({
      socketPath: paths().socket,
      path: '/api/commands/session.link',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      timeout: 3000,
    });
    message.on('timeout', () => message.destroy(new Error('no answer')));
    message.on('error', reject);
    message.on('response', async (response) => {
      try {
        const { result } = JSON.parse(Buffer.concat(await response.toArray()).toString());
        resolve(String(result.address));
      } catch (thrown) {
        reject(thrown);
      }
    });
    message.end(JSON.stringify({ arguments: {} }));
  });
}
