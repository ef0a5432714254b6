// Step 1 of every command: the distribution's packages. Installs on Debian after asking
// once; everywhere else says exactly what to install.
// @ts-check

import { spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline/promises';
import { installArguments, installationSize, installPackages, missingPackages } from './apt.mjs';
import { hasProgram } from './command.mjs';
import { thisDistribution } from './distribution.mjs';
import { commandElsewhere, debianPackages, neededPrograms } from './packages.mjs';
import { SetupError, say, speech, step } from './say.mjs';

const notOnThisHost = 5;

/**
 * `only`: nothing but these, by Debian's names.
 * @param {{ yes: boolean, install: boolean, only?: readonly string[] | undefined }} options
 */
export async function ensureSystemPackages({ yes, install, only }) {
  const distribution = thisDistribution();
  const known = distribution.id === 'debian' ? debianPackages[distribution.version] : undefined;
  if (known === undefined) return ensureElsewhere(distribution, only);
  const packages = only ?? known;
  const missing = missingPackages(packages);
  if (missing.length === 0) return step('Debian packages', () => 'all there');

  const command = `apt-get ${installArguments(missing).join(' ')}`;
  const byHand = `Install them as root, then run this again:\n\n  ${command}\n`;
  say(`  RayOS needs these Debian packages: ${missing.join(', ')}`);
  const size = installationSize(missing);
  if (size !== '') say(`  ${size}`);
  if (!install)
    throw new SetupError(
      'packages are missing, and --no-install was given.',
      byHand,
      notOnThisHost,
    );
  const prefix = rootPrefix();
  if (prefix === undefined)
    throw new SetupError(
      'installing packages takes root, and sudo does not work here.',
      byHand,
      notOnThisHost,
    );
  if (!yes && process.stdin.isTTY && !(await agrees()))
    throw new SetupError('it needs these packages.', byHand, notOnThisHost);
  await step('Debian packages', async (progress) => {
    await installPackages(missing, prefix, progress);
    return `${missing.length} installed`;
  });
}

/** What makes a command root here: nothing, sudo, or undefined when nothing does. */
function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  if (spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0) return ['sudo', '-n'];
  if (!process.stdin.isTTY || !hasProgram(['sudo'])) return undefined;
  // Asks for the password now, so that the progress lines later are not in its way.
  const { status } = spawnSync('sudo', ['-v', '-p', '  sudo asks for your password: '], {
    stdio: 'inherit',
  });
  return status === 0 ? ['sudo', '-n'] : undefined;
}

async function agrees() {
  const terminal = createInterface({ input: process.stdin, output: speech() });
  try {
    const answer = await terminal.question('  Install them now? [Y/n] ');
    return /^(y(es)?)?$/i.test(answer.trim());
  } catch {
    return false;
  } finally {
    terminal.close();
  }
}

/**
 * @param {import('./distribution.mjs').Distribution} distribution
 * @param {readonly string[]} [only]
 */
async function ensureElsewhere(distribution, only) {
  const missing = Object.entries(neededPrograms)
    .filter(([name, programs]) => (only?.includes(name) ?? true) && !hasProgram(programs))
    .map(([, programs]) => programs[0]);
  if (missing.length === 0) return step('Programs that RayOS needs', () => 'all there');
  const command = commandElsewhere(distribution);
  const next =
    command === undefined
      ? 'Install QEMU 7.2 or newer with its D-Bus display, Chromium, apt and dpkg, then run this again.'
      : `Install them as root (names as well as known), then run this again:\n\n  ${command}\n`;
  throw new SetupError(
    `setup installs by itself on Debian 12 and 13 only; this is ${distribution.title}, and these programs are missing: ${missing.join(', ')}.`,
    next,
    notOnThisHost,
  );
}
