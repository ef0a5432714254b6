// `npm run trials [-- options] [names]`: puts whole machines through their stories and ends in a table of them
// with times and results.

import { run } from 'node:test';
import { parseArgs } from 'node:util';
import { asRayError, exitCodes } from '../src/contracts/index.ts';
import { sayUsage } from '../src/foundation/index.ts';
import { tellAll } from './boot/queue.ts';
import { findStories, type Story, selectStories } from './boot/stories.ts';
import { type Result, resultOf, tableOf } from './boot/table.ts';
import { prepareImages } from './machine/images.ts';

const usage = `usage: npm run trials [-- [names] [--jobs N] [--json] [--list] [--help]]

  names    run only these stories, or those with one of these words in their name
  --jobs N so many at a time (default: 2; each is a machine with two processors and 1.5 GiB)
  --json   print the results as JSON, and progress on standard error
  --list   say which stories there are, and what each shows

The image is built when it is not there as its sources are. All stories together take up to an hour on two
processors without KVM.
`;

const minute = 60_000;
/**
 * Stories have limits of their own, which are shorter: this one is for a process that keeps to none. It is
 * killed then, and the table comes.
 */
const longestMs = 60 * minute;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const options = read(args);
  if (options === undefined || options.values.help) return sayUsage(usage, options !== undefined);
  const { values, positionals } = options;
  const { chosen, unknown } = selectStories(findStories(), positionals);
  if (unknown.length > 0) {
    process.stderr.write(`No story is called ${unknown.join(', ')}. npm run trials -- --list\n`);
    return exitCodes.usage;
  }
  if (values.list) {
    if (values.json) print(chosen.map(({ name, says, isInTests }) => ({ name, says, isInTests })));
    else process.stdout.write(listOf(chosen));
    return exitCodes.done;
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => stop.abort());
  try {
    await prepareImages((words) => void process.stderr.write(`${words}\n`), stop.signal);
  } catch (thrown) {
    const { message, next } = asRayError(thrown);
    process.stderr.write(`${message}\n${next}\n`);
    return exitCodes.failed;
  }
  const started = performance.now();
  const results = await tellAll(chosen, Number(values.jobs), tell, stop.signal);
  const minutes = Math.ceil((performance.now() - started) / minute);
  process.stderr.write(`All took ${minutes} minutes.\n\n`);
  if (values.json) print(results);
  else process.stdout.write(tableOf(results));
  return results.every(({ result }) => result === 'passed') ? exitCodes.done : exitCodes.failed;
}

/** Tells a story, and says when it begins and how it ended. */
async function tell(story: Story, signal: AbortSignal): Promise<Result> {
  process.stderr.write(`${story.name}: ${story.says}\n`);
  const result = await runStory(story, signal);
  process.stderr.write(`${story.name}: ${result.result}, ${Math.round(result.seconds)} s\n`);
  for (const { test, why } of result.failures)
    process.stderr.write(`  ${test}\n${why.replace(/^/gm, '    ')}\n`);
  return result;
}

/** Runs one story in a process of its own. What is left of it when that is killed ends by itself (tied.ts). */
async function runStory(story: Story, signal: AbortSignal): Promise<Result> {
  const started = performance.now();
  const events = run({
    files: [story.file],
    concurrency: 1,
    execArgv: ['--disable-warning=ExperimentalWarning', '--test-force-exit'],
    signal: AbortSignal.any([signal, AbortSignal.timeout(longestMs)]),
  });
  const result = await resultOf(events);
  return { name: story.name, ...result, seconds: (performance.now() - started) / 1000 };
}

function listOf(stories: readonly Story[]): string {
  return stories
    .map(({ name, says, isInTests }) => `${name}${isInTests ? ' (npm test too)' : ''}\n  ${says}\n`)
    .join('');
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

function read(args: readonly string[]) {
  try {
    const parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        jobs: { type: 'string', default: '2' },
        json: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return /^[1-9]$/.test(parsed.values.jobs) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
