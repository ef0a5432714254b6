// `npm test`: prepares what `npm start` prepares, checks style, types and rooms, then runs every test in
// one run of node's test runner, whose summary is the last thing printed. Runs on Node 18.
// @ts-check

import { join } from 'node:path';
import { filesInTests } from '../trials/machine/in-tests.mjs';
import { runLines } from './command.mjs';
import { nodeOptions, projectNode, root } from './npm-packages.mjs';
import { parseOptions } from './options.mjs';
import { prepare, runScript } from './prepare.mjs';
import { bold, SetupError, say, step, tell } from './say.mjs';

const help = `npm test [-- options] [words]: checks RayOS and runs its tests

  words           run only test files whose path has one of these words in it; if no path has, only
                  tests whose name has. Style, types and rooms are not checked then.
  --quick         no virtual machines and no browser: nothing is installed or built beyond npm's packages
  --yes           install missing Debian packages without asking
  --no-install    install no Debian package; say which are missing and stop
  --help          this text`;

const binaries = join(root, 'node_modules', '.bin');

/** @type {readonly (readonly [string, readonly string[]])[]} */
const checks = [
  ['style', [join(binaries, 'biome'), 'check', '--error-on-warnings', '.']],
  ['types', [join(binaries, 'tsc'), '-p', 'tsconfig.json']],
  ['types of the trials', [join(binaries, 'tsc'), '-p', 'trials/tsconfig.json']],
  ['types of the desktop', [join(binaries, 'tsc'), '-p', 'desktop/tsconfig.json']],
  ['rooms', [projectNode, ...nodeOptions, join(root, 'setup/rooms.mjs')]],
];

/** Runs one check; its output is shown when it fails. @param {string} name @param {readonly string[]} command */
async function check(name, command) {
  /** @type {string[]} */
  const said = [];
  await step(`Check of ${name}`, async (progress) => {
    progress('running');
    const { code } = await runLines(command, { cwd: root, onLine: (line) => said.push(line) });
    if (code !== 0)
      throw new SetupError(
        `the check of ${name} failed:\n\n${said.join('\n')}`,
        'Change that, then run npm test again.',
      );
    return 'in order';
  });
}

async function main() {
  const { flags, words } = parseOptions(process.argv.slice(2), {
    flags: ['yes', 'no-install', 'quick', 'help'],
    words: true,
  });
  if (flags.has('help')) {
    say(help);
    return 0;
  }
  const isQuick = flags.has('quick');
  say(bold('RayOS tests'));
  // Only root can build it, and only on x86-64 (see image/build).
  const canBuildImage = process.geteuid?.() === 0 && process.arch === 'x64';
  const isAsked =
    words.length === 0 || words.some((word) => filesInTests.some((file) => file.includes(word)));
  const wantsImage = !isQuick && isAsked && filesInTests.length > 0;
  const hasImage = wantsImage && canBuildImage;
  if (wantsImage && !canBuildImage)
    say('Stories of whole machines are left out: only root on x86-64 can build the image.');
  await prepare({ yes: flags.has('yes'), install: !flags.has('no-install'), system: !isQuick });
  if (!isQuick) {
    const built = await runScript('setup/build.mjs', [
      'desktop',
      'rescue-desktop',
      // A test that needs it builds it as well; with words, perhaps none does.
      ...(words.length === 0 ? ['linux-desktop'] : []),
      ...(hasImage ? ['image'] : []),
    ]);
    if (built !== 0) return built;
  }
  if (words.length === 0) for (const [name, command] of checks) await check(name, command);
  say();
  return runScript('setup/run-tests.mjs', [
    ...(isQuick ? ['--quick'] : []),
    ...(hasImage ? [] : ['--no-image']),
    ...words,
  ]);
}

process.exitCode = await main().catch(tell);
