// Tells logd from a unit that the deadline has passed: `node tell.ts deadline "why"`. Ends with 0 when logd
// has recorded it.

import { LogdClient } from './client.ts';

const waitMs = 15_000;

const [kind, reason = ''] = process.argv.slice(2);
if (kind !== 'deadline') {
  process.stderr.write('Usage: tell deadline REASON\n');
  process.exit(2);
}
const client = new LogdClient('/run/rayos-log/logd.sock');
try {
  await client.ask({ kind, reason }, AbortSignal.timeout(waitMs));
} catch (thrown) {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : thrown}\n`);
  process.exitCode = 1;
} finally {
  client[Symbol.dispose]();
}
