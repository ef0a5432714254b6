// `npm run image`, `boot`, `trials` and `bench:boot`: prepares what is missing, as `npm start` does, then runs
// the program that is named first on the project's Node, with the other words. Standard output is that
// program's alone. Runs on Node 18.
// @ts-check

import { join } from 'node:path';
import { runInForeground } from './foreground.mjs';
import { nodeOptions, projectNode, root } from './npm-packages.mjs';
import { packagesFor } from './packages.mjs';
import { prepare } from './prepare.mjs';
import { SetupError, speakOnStandardError, tell } from './say.mjs';

/** @type {Readonly<Record<string, readonly string[]>>} */
const programs = {
  'image/build.ts': packagesFor.image,
  'image/boot.ts': packagesFor.machines,
  'trials/run.ts': packagesFor.trials,
  'bench/boot.ts': packagesFor.trials,
};

const own = ['--yes', '--no-install'];
/** With one of these a program only says something, and needs no package of the distribution. */
const onlySays = ['--help', '-h', '--list'];

const help = `
What is missing here is prepared first:
  --yes          install missing Debian packages without asking
  --no-install   install no Debian package; say which are missing and stop
`;

async function main() {
  speakOnStandardError();
  const [program = '', ...words] = process.argv.slice(2);
  const packages = programs[program];
  if (packages === undefined)
    throw new SetupError(`there is no program ${program}.`, Object.keys(programs).join(', '), 2);
  await prepare({
    yes: words.includes('--yes'),
    install: !words.includes('--no-install'),
    system: !words.some((word) => onlySays.includes(word)),
    packages,
  });
  const command = [...nodeOptions, join(root, program), ...words.filter((w) => !own.includes(w))];
  const code = await runInForeground(projectNode, command, { stdin: 'inherit' });
  if (words.includes('--help') || words.includes('-h')) process.stdout.write(help);
  return code;
}

process.exitCode = await main().catch(tell);
