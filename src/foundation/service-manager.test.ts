// That systemd hears it is seen in booted images: units of Type=notify are ready there.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

const module = JSON.stringify(import.meta.resolve('./service-manager.ts'));

/** Runs a service's code, with or without somebody to tell. */
function service(code: string, socket?: string): unknown {
  const env = { ...process.env, NOTIFY_SOCKET: socket };
  const text = `const manager = await import(${module});
    process.stdout.write(JSON.stringify(await (async () => { ${code} })()));`;
  const args = ['--input-type=module', '-e', text];
  return JSON.parse(execFileSync(process.execPath, args, { env, encoding: 'utf8' }));
}

test('where nobody listens nothing is said, and nothing waits', () => {
  const code = "await manager.tellServiceManager('READY=1'); return manager.isService();";
  assert.equal(service(code), false);
});

test('a manager that is gone ends nothing', () => {
  const code = `await manager.tellServiceManager('READY=1');
    { using slowly = manager.stopsSlowly(); }
    return manager.isService();`;
  assert.equal(service(code, '/nowhere/at/all'), true);
});
