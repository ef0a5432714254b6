import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openBrowser, redirectTo } from './browser.ts';

const address = 'http://127.0.0.1:7600/#token=secret';
const onFailure = (reason: string) => assert.fail(reason);

function folder(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'rayos-open-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

test('a one-time address is on no command line, but in a file of its owner that goes away', async () => {
  using dir = folder();
  const said = join(dir.path, 'arguments');
  const program = `#!/bin/sh\necho "$@" >'${said}.new'\nmv '${said}.new' '${said}'\n`;
  writeFileSync(join(dir.path, 'xdg-open'), program, { mode: 0o700 });
  const env = { PATH: `${dir.path}:${process.env.PATH}`, DISPLAY: ':7' };
  const watcher = watch(dir.path);
  const opened = openBrowser(address, { runtimeDir: dir.path, lifeMs: 60_000, onFailure, env });
  while (!existsSync(said)) await once(watcher, 'change');
  watcher.close();
  const given = readFileSync(said, 'utf8').trim();
  assert.doesNotMatch(given, /secret/);
  assert.equal(fileURLToPath(given), opened.file);
  assert.ok(opened.file);
  assert.equal(statSync(opened.file).mode & 0o777, 0o600);
  assert.ok(readFileSync(opened.file, 'utf8').includes(address));
  opened[Symbol.dispose]();
  assert.equal(existsSync(opened.file), false);
});

test('the file ends with its time; without a display there is none', async () => {
  using dir = folder();
  const options = { runtimeDir: dir.path, lifeMs: 20, onFailure };
  assert.equal(openBrowser(address, { ...options, env: {} }).file, undefined);
  const watcher = watch(dir.path);
  const env = { DISPLAY: ':7', PATH: dir.path, RAYOS_BROWSER: '/bin/true' };
  using opened = openBrowser(address, { ...options, env });
  while (existsSync(opened.file ?? '')) await once(watcher, 'change');
  watcher.close();
});

test('nothing in an address is markup', () => {
  const page = redirectTo(`http://x/"><script>'&`);
  assert.doesNotMatch(page, /<script|'/);
  assert.match(page, /&#34;&#62;&#60;script&#62;&#39;&#38;/);
});
