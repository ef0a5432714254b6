// A build as a command line: progress on standard error, what was built on standard output, Ctrl-C heard.

import { asRayError, errors, exitCodes } from '../../src/contracts/index.ts';
import type { OnProgress } from './builder.ts';
import { printProgress } from './report.ts';

export type Building = { readonly onProgress: OnProgress; readonly signal: AbortSignal };

/** Runs one build and says what came of it, as JSON or in words; the exit status is the answer. */
export async function runBuild<T>(
  isJson: boolean,
  build: (building: Building) => Promise<T>,
  words: (built: T) => string,
): Promise<number> {
  const cancel = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => cancel.abort());
  using progress = printProgress(process.stderr);
  try {
    const built = await build({ onProgress: progress.show, signal: cancel.signal });
    progress.end();
    process.stdout.write(`${isJson ? JSON.stringify(built, null, 2) : words(built)}\n`);
    return exitCodes.done;
  } catch (thrown) {
    progress.end();
    const error = asRayError(thrown, { logFile: 'above' });
    if (isJson) process.stdout.write(`${JSON.stringify({ error }, null, 2)}\n`);
    process.stderr.write(`${error.code}: ${error.message}\n${error.next}\n`);
    return exitCodes[errors[error.code].exit];
  }
}
