// Debian packages: what is missing, what installing it means, and installing it with readable progress.
// @ts-check

import { createWriteStream, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outputOf, runLines } from './command.mjs';
import { SetupError } from './say.mjs';

const listsFolder = '/var/lib/apt/lists';
const oldListsMs = 7 * 24 * 3600 * 1000;

/** Those of the packages that are not installed. @param {readonly string[]} packages */
export function missingPackages(packages) {
  const known = outputOf([
    'dpkg-query',
    '-W',
    `-f=\${Package} \${db:Status-Status}\\n`,
    ...packages,
  ]);
  const installed = new Set(
    known
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return packages.filter((name) => !installed.has(name));
}

/** What apt says of the download and the space, in one line; "" when it cannot tell. @param {readonly string[]} packages */
export function installationSize(packages) {
  const plan = outputOf([
    'apt-get',
    '-o',
    'Debug::NoLocking=1',
    '--assume-no',
    ...installArguments(packages),
  ]);
  const count = /(\d+) newly installed/.exec(plan)?.[1];
  const download = /Need to get (?:[\d.,]+ \wB\/)?([\d.,]+ \w?B)/.exec(plan)?.[1];
  const space = /After this operation, ([\d.,]+ \w?B) of additional/.exec(plan)?.[1];
  if (count === undefined || download === undefined || space === undefined) return '';
  const many = count === '1' ? '1 package' : `${count} packages, with what they need`;
  return `${many}: ${download} to download, ${space} on the disk`;
}

/** @param {readonly string[]} packages */
export function installArguments(packages) {
  return ['install', '--no-install-recommends', ...packages];
}

/** True if apt has no package lists, or lists of more than a week ago. */
export function areListsOld() {
  try {
    const hasLists = readdirSync(listsFolder).some((name) =>
      /_(InRelease|Release|Packages)/.test(name),
    );
    return !hasLists || Date.now() - statSync(listsFolder).mtimeMs > oldListsMs;
  } catch {
    return true;
  }
}

/**
 * Installs packages. `prefix` is what makes it root ([] or sudo). The lists are fetched when they are
 * old, and again when the installation fails with lists that are not.
 * @param {readonly string[]} packages
 * @param {readonly string[]} prefix
 * @param {(phase: string, detail?: string) => void} progress
 */
export async function installPackages(packages, prefix, progress) {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-setup-'));
  const logFile = join(folder, 'apt.log');
  const log = createWriteStream(logFile);
  /** @param {readonly string[]} args */
  const apt = async (args) => {
    log.write(`\n# apt-get ${args.join(' ')}\n`);
    const options = [
      '-y',
      '-o',
      'APT::Status-Fd=1',
      '-o',
      'Dpkg::Use-Pty=0',
      '-o',
      'DPkg::Lock::Timeout=300',
    ];
    const environment = ['env', 'DEBIAN_FRONTEND=noninteractive', 'LC_ALL=C'];
    const { code } = await runLines([...prefix, ...environment, 'apt-get', ...options, ...args], {
      onLine(line) {
        const status = readStatus(line);
        if (status === undefined) log.write(`${line}\n`);
        else progress(status.phase, status.detail);
      },
    });
    return code === 0;
  };
  const update = () => {
    progress('reading package lists');
    return apt(['update']);
  };
  const hasFreshLists = areListsOld() && (await update());
  let isDone = await apt(installArguments(packages));
  if (!isDone && !hasFreshLists && (await update())) isDone = await apt(installArguments(packages));
  await new Promise((resolve) => log.end(resolve));
  if (!isDone) {
    const command = ['apt-get', ...installArguments(packages)].join(' ');
    throw new SetupError(
      'apt-get could not install the packages.',
      `What it said is in ${logFile}. Try it yourself, as root: ${command}`,
    );
  }
  rmSync(folder, { recursive: true });
}

/**
 * apt's machine-readable progress: "dlstatus:3:12.5:Retrieving file 3 of 40", "pmstatus:zstd:50:Unpacking zstd".
 * @param {string} line
 * @returns {{ phase: string, detail: string } | undefined}
 */
export function readStatus(line) {
  const match = /^(dlstatus|pmstatus):[^:]*(?::[a-z0-9]+)?:([\d.]+):(.*)$/.exec(line);
  if (match === null) return undefined;
  const percent = `${Math.floor(Number(match[2]))} %`;
  return match[1] === 'dlstatus'
    ? { phase: 'downloading', detail: percent }
    : { phase: 'installing', detail: `${percent}, ${(match[3] ?? '').replace(/ \(\w+\)$/, '')}` };
}
