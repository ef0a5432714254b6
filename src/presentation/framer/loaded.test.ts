// What a framer loads decides how soon a picture is back: no schemas, no database, no other room's rest.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const program = (entry: URL) => `
  import { registerHooks } from 'node:module';
  registerHooks({ load: (url, context, next) => (console.log(url), next(url, context)) });
  await import(${JSON.stringify(entry.href)}).catch(() => {});
  process.exit();
`;

/** Paths, from the root of the repository, of the modules that `entry` loads. */
function loadedBy(entry: string): string[] {
  const root = new URL('../../../', import.meta.url);
  const code = program(new URL(entry, import.meta.url));
  const printed = execFileSync(process.execPath, [
    '--input-type=module',
    '--no-warnings',
    '-e',
    code,
  ]);
  const start = fileURLToPath(root);
  return String(printed)
    .split('\n')
    .filter((url) => url.startsWith('file:'))
    .map((url) => fileURLToPath(url).replace(start, ''));
}

for (const entry of [
  './session.ts',
  '../../hypervisor/display/index.ts',
  '../../hypervisor/display/listener/thread.ts',
]) {
  test(`${entry} loads what a framer needs and nothing else`, () => {
    const loaded = loadedBy(entry);
    assert.ok(loaded.length > 20);
    const allowed =
      /^src\/(presentation\/|input\/|hypervisor\/(cancelled|display|dbus|ffi)|foundation\/(clock|newest)|contracts\/(errors|viewer-protocol))|node_modules\/(ws|koffi|@koromix)\//;
    assert.deepEqual(
      loaded.filter((path) => !allowed.test(path)),
      [],
    );
  });
}
