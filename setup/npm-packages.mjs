// Step 2: node_modules as package-lock.json says, and with it the project's own Node.
// @ts-check

import { existsSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runLines } from './command.mjs';
import { SetupError, step } from './say.mjs';

/** The clone; without a slash at its end. (Node 18 has no dirname of a module.) */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const modules = join(root, 'node_modules');
/** The Node that RayOS runs on, whichever one started setup. */
export const projectNode = join(modules, '.bin', 'node');
export const nodeOptions = ['--disable-warning=ExperimentalWarning'];

/**
 * @typedef {{ version?: string, optional?: boolean, peer?: boolean, link?: boolean }} LockedPackage
 * @typedef {{ packages: Record<string, LockedPackage> }} Lock
 */

/**
 * True if npm's own record of what it installed is what the lock asks for. Optional packages (other
 * platforms) may be missing; nothing may be there in another version, or be there without being asked for.
 * @param {Lock} wanted package-lock.json
 * @param {Lock} installed node_modules/.package-lock.json
 */
export function fulfils(wanted, installed) {
  const wantedEntries = Object.entries(wanted.packages).filter(([path]) => path !== '');
  const isComplete = wantedEntries.every(([path, { version, optional }]) => {
    const found = installed.packages[path];
    return found === undefined ? optional === true : found.version === version;
  });
  return isComplete && Object.keys(installed.packages).every((path) => path in wanted.packages);
}

function isInstalled() {
  if (!existsSync(projectNode)) return false;
  try {
    const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
    const installed = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8'));
    return fulfils(wanted, installed);
  } catch {
    return false;
  }
}

export async function ensureNpmPackages() {
  await step('npm packages', async (progress) => {
    if (isInstalled()) return 'all there';
    progress('npm ci');
    /** @type {string[]} */
    const said = [];
    const { code } = await runLines(
      npm(['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund']),
      {
        cwd: root,
        env: environment(),
        onLine: (line) => said.push(line),
      },
    );
    if (code !== 0)
      throw new SetupError(
        `npm ci failed:\n${complaint(said)}`,
        'Run it yourself to see all of it: npm ci',
      );
    if (!existsSync(projectNode))
      throw new SetupError(
        `npm has no Node 26 for this machine (${process.platform} ${process.arch}).`,
        'RayOS runs on Linux with x64 or arm64.',
        5,
      );
    await giveToOwner();
    return 'installed';
  });
}

/** What root installed belongs to whose clone it is: `npm start` without root goes on from it. */
async function giveToOwner() {
  const { uid, gid } = statSync(root);
  if (process.getuid?.() !== 0 || uid === 0) return;
  await runLines(['chown', '--recursive', '--no-dereference', `${uid}:${gid}`, modules]);
}

/** The first of what npm calls errors; the rest is its manual. @param {readonly string[]} said */
function complaint(said) {
  const errors = said.filter((line) => /^npm (error|ERR!) ./.test(line)).slice(0, 8);
  return (errors.length > 0 ? errors : said.slice(-15)).join('\n');
}

/** npm as it was started, so that a machine with several keeps to one. @param {readonly string[]} args */
function npm(args) {
  const { npm_execpath: cli, npm_node_execpath: node } = process.env;
  const isOurs = node?.startsWith(modules) ?? true;
  return cli?.endsWith('.js') && !isOurs ? [node ?? 'node', cli, ...args] : ['npm', ...args];
}

/** npm ci removes node_modules: no program that it calls may come from there. */
function environment() {
  const folders = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.startsWith(modules));
  return { ...process.env, PATH: folders.join(delimiter) };
}
