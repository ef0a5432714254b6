import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import packageJson from '../package.json' with { type: 'json' };
import { installArguments, installationSize, missingPackages, readStatus } from './apt.mjs';
import { parseOsRelease } from './distribution.mjs';
import { mergeRuns } from './merge-runs.mjs';
import { fulfils } from './npm-packages.mjs';
import { parseOptions } from './options.mjs';
import { commandElsewhere, debianPackages, packagesFor } from './packages.mjs';
import { isSlow, select } from './run-tests.mjs';
import { SetupError } from './say.mjs';

test('os-release is read with and without quotes', () => {
  const debian = parseOsRelease(
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n',
  );
  assert.deepEqual(debian, {
    id: 'debian',
    version: '12',
    like: [],
    title: 'Debian GNU/Linux 12 (bookworm)',
  });
  const mint = parseOsRelease(
    'NAME=\'Mint\'\nID=linuxmint\nID_LIKE="ubuntu debian"\n# a comment\n',
  );
  assert.deepEqual(mint.like, ['ubuntu', 'debian']);
});

test('other distributions get the command that fits them', () => {
  const of = (id: string, ...like: string[]) =>
    commandElsewhere({ id, version: '', like, title: id });
  assert.match(of('fedora') ?? '', /^dnf install .*qemu/);
  assert.match(of('manjaro', 'arch') ?? '', /^pacman -S/);
  assert.match(of('opensuse-tumbleweed', 'opensuse', 'suse') ?? '', /^zypper install/);
  assert.match(of('linuxmint', 'ubuntu', 'debian') ?? '', /^apt-get install/);
  assert.equal(of('plan9'), undefined);
});

test('packages are installed without recommended ones', () => {
  assert.ok(installArguments(['zstd']).includes('--no-install-recommends'));
  assert.deepEqual(Object.keys(debianPackages), ['12', '13']);
});

test('what one program needs is a part of what RayOS needs, on each Debian', () => {
  for (const all of Object.values(debianPackages))
    for (const some of Object.values(packagesFor))
      assert.deepEqual(
        some.filter((name) => !all.includes(name)),
        [],
      );
  assert.ok(packagesFor.image.includes('mmdebstrap'));
  assert.ok(!packagesFor.machines.includes('chromium'));
});

/** This script, and every module that it imports when it starts. */
function modulesOf(script: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(script)) return found;
  found.add(script);
  for (const [, name = ''] of readFileSync(script, 'utf8').matchAll(/^import .* from '(.+)';$/gm))
    if (name.startsWith('.')) modulesOf(join(dirname(script), name), found);
    else assert.match(name, /^node:/, `${script} imports ${name}`);
  return found;
}

test('what comes before the npm packages needs none of them, and nothing that Node 18 does not have', () => {
  for (const script of ['start.mjs', 'test.mjs', 'run.mjs'])
    for (const module of modulesOf(join(import.meta.dirname, script))) {
      assert.match(module, /\.mjs$/);
      assert.doesNotMatch(readFileSync(module, 'utf8'), /import\.meta\.(dirname|filename)/, module);
    }
});

test('the programs for whole machines prepare themselves', () => {
  const { image, boot, trials, 'bench:boot': bench } = packageJson.scripts;
  const script = readFileSync(join(import.meta.dirname, 'run.mjs'), 'utf8');
  for (const command of [image, boot, trials, bench]) {
    const program = /^node setup\/run\.mjs (\S+)$/.exec(command)?.[1];
    assert.ok(program !== undefined && script.includes(`'${program}': packagesFor.`), command);
  }
});

test('setup leaves standard output to a program that it prepares', async () => {
  const say = JSON.stringify(join(import.meta.dirname, 'say.mjs'));
  const words = `import { say, speakOnStandardError, step } from ${say};
    speakOnStandardError(); say('words'); await step('a step', () => 'done');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', words]);
  const [output, errors] = await Promise.all([child.stdout.toArray(), child.stderr.toArray()]);
  assert.equal(Buffer.concat(output).toString(), '');
  assert.match(Buffer.concat(errors).toString(), /words\n.*a step: done/);
});

test('what is installed is found, and what is not', () => {
  assert.deepEqual(missingPackages(['dpkg', 'no-such-package-of-rayos']), [
    'no-such-package-of-rayos',
  ]);
  assert.equal(installationSize(['no-such-package-of-rayos']), '');
});

test('progress of apt is read in its own form only', () => {
  assert.deepEqual(readStatus('dlstatus:3:12.5:Retrieving file 3 of 40 (5 s remaining)'), {
    phase: 'downloading',
    detail: '12 %',
  });
  assert.deepEqual(readStatus('pmstatus:zstd:50.0:Unpacking zstd (amd64)'), {
    phase: 'installing',
    detail: '50 %, Unpacking zstd',
  });
  assert.deepEqual(
    readStatus('pmstatus:libc6:amd64:7.1:Installing libc6')?.detail,
    '7 %, Installing libc6',
  );
  assert.equal(readStatus('Reading package lists...'), undefined);
});

test('options: flags, values in both forms, words; anything else is told', () => {
  const known = { flags: ['yes'], values: ['port'], words: true };
  const { flags, values, words } = parseOptions(['--yes', '--port', '80', 'a', 'b'], known);
  assert.deepEqual([[...flags], values, words], [['yes'], { port: '80' }, ['a', 'b']]);
  assert.equal(parseOptions(['--port=81'], known).values.port, '81');
  for (const argv of [['--no'], ['--port'], ['--yes=1'], ['-x']])
    assert.throws(
      () => parseOptions(argv, known),
      (thrown) => thrown instanceof SetupError && thrown.exitCode === 2,
    );
  assert.throws(() => parseOptions(['word'], { flags: [] }), SetupError);
});

test('node_modules fits the lock, or npm ci is due', () => {
  const lock = {
    packages: {
      '': {},
      'node_modules/a': { version: '1' },
      'node_modules/b': { version: '2', optional: true },
    },
  };
  const a = { 'node_modules/a': { version: '1' } };
  assert.ok(fulfils(lock, { packages: { ...a, 'node_modules/b': { version: '2' } } }));
  assert.ok(fulfils(lock, { packages: a }), 'optional packages may be missing');
  assert.ok(!fulfils(lock, { packages: {} }), 'others may not');
  assert.ok(
    !fulfils(lock, { packages: { 'node_modules/a': { version: '9' } } }),
    'versions have to agree',
  );
  assert.ok(
    !fulfils(lock, { packages: { ...a, 'node_modules/c': { version: '1' } } }),
    'nothing is left over',
  );
});

test('words select test files by path, else tests by name', () => {
  const files = ['src/a/one.test.ts', 'src/b/two.vm.test.ts'];
  assert.deepEqual(select(files, []), { files, names: [] });
  assert.deepEqual(select(files, ['two']), { files: ['src/b/two.vm.test.ts'], names: [] });
  assert.deepEqual(select(files, ['resolves']), { files, names: ['resolves'] });
  assert.deepEqual(files.filter(isSlow), ['src/b/two.vm.test.ts']);
});

type Event = { type: string; data: Record<string, unknown> };
const runOf =
  (...counts: Partial<Record<string, number>>[]) =>
  () =>
    Readable.from(
      counts.flatMap((count): Event[] => [
        { type: 'test:pass', data: { name: 'x', nesting: 0, file: 'f' } },
        { type: 'test:diagnostic', data: { nesting: 0, message: 'tests 99', level: 'info' } },
        { type: 'test:summary', data: { success: !count.failed, counts: count } },
      ]),
    );

async function mergedMessages(...runs: (() => AsyncIterable<Event>)[]) {
  const merged = mergeRuns(runs);
  const messages: unknown[] = [];
  for await (const event of merged.events)
    if (event.type === 'test:diagnostic') messages.push(event.data.message);
  return { messages, isGood: merged.isGood() };
}

test('two runs have one summary, which counts both', async () => {
  const { messages, isGood } = await mergedMessages(
    runOf({ tests: 2, passed: 2 }),
    runOf({ tests: 3, passed: 3 }),
  );
  assert.deepEqual(messages.slice(0, 4), ['tests 5', 'suites 0', 'pass 5', 'fail 0']);
  assert.match(String(messages.at(-1)), /^duration_ms /);
  assert.ok(isGood);
});

test('a run that failed, broke off or had no test is no success', async () => {
  assert.ok(!(await mergedMessages(runOf({ tests: 1, failed: 1 }), runOf({ tests: 1 }))).isGood);
  assert.ok(!(await mergedMessages(runOf({ tests: 1 }), runOf())).isGood);
  assert.ok(!(await mergedMessages()).isGood);
});

test('a signal reaches the child in the foreground once, and its exit status is kept', async () => {
  const child = `let n = 0; process.on('SIGINT', () => { n++; console.log('heard'); });
    process.on('SIGTERM', () => process.exit(40 + n)); setInterval(() => {}, 1000); console.log('up');`;
  // Its clock stands still: what comes is all of one moment, however slow this machine is.
  const parent = `performance.now = () => 0;
    const { runInForeground } = await import(${JSON.stringify(join(import.meta.dirname, 'foreground.mjs'))});
    process.exitCode = await runInForeground(process.execPath, ['-e', ${JSON.stringify(child)}]);`;
  const running = spawn(process.execPath, ['--input-type=module', '-e', parent], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = running.stdout.setEncoding('utf8').iterator();
  assert.equal((await lines.next()).value, 'up\n');
  running.kill('SIGINT');
  assert.equal((await lines.next()).value, 'heard\n');
  running.kill('SIGINT');
  // What comes after it, in the same order: were it passed on, the child would have heard two by then.
  running.kill('SIGTERM');
  const [code] = await once(running, 'exit');
  assert.equal(code, 41);
});

test('the child in the foreground ends with the npm that started it', async () => {
  const foreground = JSON.stringify(join(import.meta.dirname, 'foreground.mjs'));
  const child = `process.on('SIGTERM', () => { console.log('ended'); process.exit(0); }); setInterval(() => {}, 1000); console.log('up');`;
  const parent = `import { runInForeground } from ${foreground};
    await runInForeground(process.execPath, ['-e', ${JSON.stringify(child)}]);`;
  const shell = spawn(
    'sh',
    ['-c', '"$0" --input-type=module -e "$1"; true', process.execPath, parent],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, npm_lifecycle_event: 'start' } },
  );
  const lines = shell.stdout.setEncoding('utf8').iterator();
  assert.equal((await lines.next()).value, 'up\n');
  shell.kill('SIGKILL');
  assert.equal((await lines.next()).value, 'ended\n');
});
