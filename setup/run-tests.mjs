// One run of node's test runner over all tests: the quick ones side by side, then those with virtual
// machines and browsers one at a time, then stories of whole machines, with one report and one summary.
// Runs on the project's Node.
// @ts-check

import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { filesInTests } from '../trials/machine/in-tests.mjs';
import { mergeRuns } from './merge-runs.mjs';
import { nodeOptions, root } from './npm-packages.mjs';

const minute = 60_000;
const places = ['src', 'desktop', 'guest-images', 'trials', 'setup', 'bench', 'docs', 'image'];

/** All test files, in order; stories of whole machines, which start the image, come last. */
export function testFiles() {
  const files = globSync(
    places.map((place) => `${place}/**/*.test.ts`),
    { cwd: root, exclude: ['**/node_modules/**', '**/dist/**'] },
  ).sort();
  return [...files, ...filesInTests];
}

/** @param {string} file */
export function isStory(file) {
  return file.endsWith('.trial.ts');
}

/** Tests that take a virtual machine or a browser say so in their name. @param {string} file */
export function isSlow(file) {
  return /\.(vm|e2e)\.test\.ts$/.test(file) || isStory(file);
}

/**
 * Which files to run, and which names. Words select by path; if no path has one, by the test's name.
 * @param {readonly string[]} files
 * @param {readonly string[]} words
 */
export function select(files, words) {
  if (words.length === 0) return { files, names: [] };
  const matching = files.filter((file) => words.some((word) => file.includes(word)));
  return matching.length > 0 ? { files: matching, names: [] } : { files, names: words };
}

/** @param {readonly string[]} argv */
async function main(argv) {
  const isQuick = argv.includes('--quick');
  const hasStories = !argv.includes('--no-image');
  const words = argv.filter((word) => !word.startsWith('--'));
  const { files, names } = select(
    testFiles().filter((file) => !(isQuick && isSlow(file)) && (hasStories || !isStory(file))),
    words,
  );
  const common = {
    cwd: root,
    execArgv: nodeOptions,
    ...(names.length === 0 ? {} : { testNamePatterns: names.map(literally) }),
  };
  /** @param {(file: string) => boolean} isWanted */
  const chosen = (isWanted) => files.filter(isWanted).map((file) => join(root, file));
  const groups = [
    chosen((file) => !isSlow(file)),
    chosen((file) => isSlow(file) && !isStory(file)),
    chosen(isStory),
  ];
  const [quick, slow, stories] = groups;
  const runs = [
    () =>
      run({
        ...common,
        files: quick,
        concurrency: availableParallelism(),
        timeout: 2 * minute,
      }),
    () =>
      run({
        ...common,
        files: slow,
        concurrency: 1,
        timeout: 5 * minute,
        // What a test that ran out of time left behind must not hold up the files after it.
        execArgv: [...nodeOptions, '--test-force-exit'],
        // Whatever hangs, the report comes.
        signal: AbortSignal.timeout(50 * minute),
      }),
    () =>
      run({
        ...common,
        files: stories,
        // A machine that starts keeps hardly more than one processor busy.
        concurrency: 2,
        // Each is several boots of a machine in software emulation.
        timeout: 15 * minute,
        execArgv: [...nodeOptions, '--test-force-exit'],
        signal: AbortSignal.timeout(40 * minute),
      }),
  ].filter((_, index) => groups[index]?.length);
  const merged = mergeRuns(runs);
  await pipeline(Readable.from(merged.events), new spec(), process.stdout, { end: false });
  return merged.isGood() ? 0 : 1;
}

/** @param {string} text */
function literally(text) {
  return new RegExp(RegExp.escape(text), 'i');
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
