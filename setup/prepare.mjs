// What every command does first: Node new enough for setup, the distribution's packages, npm's packages,
// then the parts that are built, on the project's own Node.
// @ts-check

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { exitCode } from './command.mjs';
import { ensureNpmPackages, nodeOptions, projectNode, root } from './npm-packages.mjs';
import { SetupError } from './say.mjs';
import { ensureSystemPackages } from './system-packages.mjs';

/**
 * `packages`: which of the distribution's, by Debian's names; without it, all that RayOS needs.
 * @param {{ yes: boolean, install: boolean, system: boolean, packages?: readonly string[] }} options
 */
export async function prepare({ yes, install, system, packages }) {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 18)
    throw new SetupError(
      `this is Node ${process.versions.node}; setup needs 18 or newer.`,
      'Install it: apt-get install nodejs npm (Debian 12 or 13), or from nodejs.org.',
      5,
    );
  if (system) await ensureSystemPackages({ yes, install, only: packages });
  await ensureNpmPackages();
}

/**
 * Runs a script of this folder on the project's Node, on this terminal; gives its exit status.
 * @param {string} script
 * @param {readonly string[]} args
 * @returns {Promise<number>}
 */
export function runScript(script, args) {
  return new Promise((resolve, reject) => {
    const path = join(root, script);
    const child = spawn(projectNode, [...nodeOptions, path, ...args], {
      cwd: root,
      stdio: 'inherit',
    });
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(exitCode(code, signal)));
  });
}
