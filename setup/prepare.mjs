// What both commands do first: Node new enough for setup, the distribution's packages, npm's packages,
// then the parts that are built, on the project's own Node.
// @ts-check

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { exitCode } from './command.mjs';
import { ensureNpmPackages, nodeOptions, projectNode, root } from './npm-packages.mjs';
import { SetupError } from './say.mjs';
import { ensureSystemPackages } from './system-packages.mjs';

/** @param {{ yes: boolean, install: boolean, system: boolean }} options */
export async function prepare({ yes, install, system }) {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20)
    throw new SetupError(
      `this is Node ${process.versions.node}; setup needs 20 or newer.`,
      'Install it: apt-get install nodejs npm (Debian 12 with backports, or Debian 13), or from nodejs.org.',
      5,
    );
  if (system) await ensureSystemPackages({ yes, install });
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
